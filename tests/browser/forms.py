"""A citizen at the forms."""

from base64 import b64decode

from playwright.sync_api import Page

PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
DESCRIPTION = "Lampan utanför skolan är släckt.\n\nDet är mörkt när barnen går hem."


def report_a_fault(page: Page, municipality: str) -> None:
    """Report a broken street light, with a picture and an address for messages; the receipt is shown."""
    page.goto(f"{municipality}/e-tjanster/felanmalan")
    page.locator("[name=category][value=street_light]").check()
    page.locator("[name='place.text']").fill("Dalgatan 31")
    page.locator("[name=description]").fill(DESCRIPTION)
    page.locator("[name=photo]").set_input_files({"name": "lampan.png", "mimeType": "image/png", "buffer": PICTURE})
    page.locator("[name=wants_answer]").check()
    page.locator("[name=email]").fill("kim.karlsson@example.org")
    send(page)


def send(page: Page) -> None:
    """Press the form's own button, the last one."""
    page.locator("main form button.button").last.click()
