"""Somebody with a browser, and what they fill in."""

import re
from io import BytesIO

from werkzeug.datastructures import MultiDict

FORM = "/alvdalen/e-tjanster/felanmalan"
PERMIT = "/alvdalen/e-tjanster/bygglov"
FAULT_REPORT = {
    "category": "street_light",
    "place.text": "Dalgatan 12",
    "description": "Släckt.",
    "wants_answer": "yes",
    "email": "karin.lund@example.se",
}
APPLICATION = {
    "applicant_name": "Nils Öberg",
    "applicant_number": "19861209-2380",
    "email": "nils.oberg@example.se",
    "phone": "0701234567",
    "property": "Kyrkbyn 12:4",
    "measure": "outbuilding",
    "description": "Garage.\r\nRött.",
    "area": "1 032,5",
    "invoice_address.street": "Dalgatan 12",
    "invoice_address.postal_code": "796 31",
    "invoice_address.city": "Älvdalen",
}


class Browser:
    """Somebody with a browser: cookies, the page shown and its address, the page where a form was checked."""

    def __init__(self, client):
        self.client = client
        self.page = self.address = self.check_page = ""

    def open(self, path, **options):
        """Follow a link."""
        answer = self.client.get(path, **{"headers": {"Accept-Language": "sv"}} | options)
        self.page, self.address = answer.text, path
        return answer

    def send(self, path, inputs, **files):
        """Fill a form in from its first page to its last, check it and send it: the answer to what was posted last."""
        answer = self.press(path, inputs, **files)
        if answer.status_code == 200 and "finns mer att fylla i på den här sidan" in answer.text:
            answer = self.press(path, inputs, **files)
        leads_to = answer.headers.get("Location", "")
        if "/sida/" in leads_to:
            self.open(leads_to)
            return self.send(leads_to, inputs, **files)
        if leads_to.endswith("/kontrollera"):
            self.check_page = self.open(leads_to).text
            return self.press(leads_to, {})
        return answer

    def send_again(self, **inputs):
        """Press the button of the page that is shown."""
        return self.press(self.address, inputs)

    def press(self, path, inputs, **files):
        """Send the page's form, its hidden inputs with it."""
        hidden = MultiDict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', self.page))
        parts = {name: [(BytesIO(content), file) for file, content in several] for name, several in files.items()}
        answer = self.client.post(
            path,
            data={**hidden.to_dict(flat=False), **inputs, **parts},
            content_type="multipart/form-data",
            headers={"Accept-Language": "sv", "Referer": "http://localhost/"},
        )
        if answer.status_code != 303:
            self.page, self.address = answer.text, path
        return answer
