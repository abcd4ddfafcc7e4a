"""What is done with a case on its page, wherever it is offered there."""

from playwright.sync_api import Locator


def reached(control: Locator) -> Locator:
    """A button, or the name of a form, after *More actions* has been opened where it stands there."""
    control.wait_for(state="attached")  # a press returns before the page has changed
    more = control.page.locator("#more-actions:not([open]) > summary")
    if more.count() and not control.is_visible():
        more.click()
    return control
