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
    """Somebody with a browser: cookies, the page shown, its hidden inputs."""

    def __init__(self, client):
        self.client = client
        self.page = ""

    def open(self, path, **options):
        """Follow a link."""
        answer = self.client.get(path, **{"headers": {"Accept-Language": "sv"}} | options)
        self.page = answer.text
        return answer

    def send(self, path, inputs, **files):
        """Send the page's form, its hidden inputs with it."""
        hidden = MultiDict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.page))
        parts = {name: [(BytesIO(content), file) for file, content in several] for name, several in files.items()}
        answer = self.client.post(
            path,
            data={**hidden.to_dict(flat=False), **inputs, **parts},
            content_type="multipart/form-data",
            headers={"Accept-Language": "sv", "Referer": "http://localhost/"},
        )
        self.page = answer.text
        return answer
