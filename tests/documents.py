"""Documents as word processors and spreadsheets write them, in as few files as make them up."""

import zipfile
from io import BytesIO

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
WORD_WITH_MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
ODT = "application/vnd.oasis.opendocument.text"


def archive(files: dict[str, str], *, packed: bool = True, comment: bytes = b"") -> bytes:
    """A ZIP archive with these files in this order."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as written:
        for name, content in files.items():
            written.writestr(name, content)
        written.comment = comment
    return out.getvalue()


def ooxml(main: str = WORD, part: str = "word/document.xml", **more: str) -> bytes:
    """A document of Microsoft's programs whose main part is of the type."""
    types = f'<?xml version="1.0"?><Types><Override PartName="/{part}" ContentType="{main}"/></Types>'
    return archive({"[Content_Types].xml": types, "_rels/.rels": "<Relationships/>", part: "<document/>", **more})


def open_document(media_type: str = ODT, **more: str) -> bytes:
    """A document of LibreOffice's."""
    return archive({"mimetype": media_type, "content.xml": "<office:document-content/>", **more}, packed=False)
