"""Who gets mail, as limits count them: many ways to write one address lead to one mailbox."""

from unicodedata import normalize


def recipient(address: str) -> str:
    """Whom mail to an address reaches: `K.Im+anything@Example.se` reaches `kim@example.se`.

    Case makes no other recipient, nor does what follows a plus sign, nor, with the largest mail providers, a dot. Where
    a dot does make another, two people share a limit, which delays their mail at worst.
    """
    local, _, domain = normalize("NFKC", address.strip()).casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{in_ascii(domain)}"


def in_ascii(domain: str) -> str:
    """A domain by its name in the DNS, if it can have one."""
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
