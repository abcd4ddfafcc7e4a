"""Whom an address reaches: by that, limits are counted."""

import pytest

from shared.recipients import recipient
from shared.settings import mail_domains


@pytest.mark.parametrize(
    "address",
    [
        "kim@example.se",
        "KIM@Example.SE",
        "kim+1@example.se",
        "k.i.m@example.se",
        " K.Im+a+b@example.se",
        "ｋｉｍ@example.se",
    ],
)
def test_many_ways_to_write_an_address_are_one_recipient(address):
    assert recipient(address) == "kim@example.se"


def test_a_domain_counts_by_its_name_in_the_dns_where_it_can_have_one():
    assert recipient("kim@RÄKSMÖRGÅS.se") == recipient("kim@xn--rksmrgs-5wao1o.se") == "kim@xn--rksmrgs-5wao1o.se"
    assert recipient("kim@a..ö") == "kim@a..ö"
    assert mail_domains("Älvdalen.se, @kommun.example") == ("xn--lvdalen-4wa.se", "kommun.example")


@pytest.mark.parametrize("address", ["kim@example.org", "kimm@example.se", "@example.se"])
def test_others_are_others(address):
    assert recipient(address) != "kim@example.se"
