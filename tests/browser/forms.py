"""A citizen at the forms."""

from base64 import b64decode

from playwright.sync_api import Page

PICTURE = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
DESCRIPTION = "Lampan utanför skolan är släckt.\n\nDet är mörkt när barnen går hem."


def fill_in_the_first_page(page: Page, municipality: str) -> None:
    """Fill in the first page about a broken street light, with a picture, and continue."""
    page.goto(f"{municipality}/e-tjanster/felanmalan")
    page.locator("[name=category][value=street_light]").check()
    page.locator("[name='place.text']").fill("Dalgatan 31")
    page.locator("[name=description]").fill(DESCRIPTION)
    page.locator("[name=photo]").set_input_files({"name": "lampan.png", "mimeType": "image/png", "buffer": PICTURE})
    send(page)
    page.wait_for_url("**/sida/answer")


def report_a_fault(page: Page, municipality: str) -> None:
    """Report a broken street light, with a picture and an address for messages; the receipt is shown."""
    fill_in_the_first_page(page, municipality)
    page.locator("[name=wants_answer]").check()
    if not page.locator("[name=email]").is_visible():  # without a script it comes with the next page
        send(page)
    page.locator("[name=email]").fill("kim.karlsson@example.org")
    check_and_send(page)


def check_and_send(page: Page) -> None:
    """Continue from the last page, and send what the check shows."""
    send(page)
    page.wait_for_url("**/kontrollera*")
    send(page)
    page.wait_for_url("**/kvitto/*")


def send(page: Page) -> None:
    """Press the form's own button, that which leads on."""
    page.locator("main form button.button:not(.button-secondary)").last.click()
