"""The desk's pages over real HTTP: signing in without a browser, and what a form needs."""

import re
from html import unescape

import httpx


def somebody_at(origin: str) -> httpx.Client:
    """Somebody new, who follows redirects and keeps cookies."""
    return httpx.Client(base_url=origin, follow_redirects=True)


def sign_in(browser: httpx.Client, subject: str = "anna.andersson", page: str = "/desk/") -> httpx.Response:
    """Ask for a page of the desk, and sign in where that leads; the page that comes then."""
    form = browser.get(page)
    return browser.post(str(form.url), data={"sub": subject})


def token_of(page: httpx.Response) -> str:
    """The CSRF token of the page's forms."""
    return token_in(page.text)


def token_in(html: str) -> str:
    """The CSRF token of the forms in a page's HTML."""
    return unescape(re.search(r'name="csrf_token" value="([^"]+)"', html)[1])
