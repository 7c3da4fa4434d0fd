"""Numbers in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramcount.quantity import LARGEST, QuantityError, parse_quantity, short


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("768", 768),
        ("1.3B", 1_300_000_000),
        ("100T", 10**14),
        ("100e12", 10**14),
        ("1_300_000_000", 1_300_000_000),
        ("1,300,000,000", 1_300_000_000),
        ("2^17", 131_072),
        ("2**17", 131_072),
        ("4.35T", 4_350_000_000_000),
        (".5K", 500),
        (" 7B ", 7_000_000_000),
        ("7b", 7_000_000_000),
        ("100t", 10**14),
        ("350m", 350_000_000),
        ("1e36", LARGEST),
    ],
)
def test_numbers_are_read_as_people_write_them(text, value):
    """B is 10^9 and no float is involved: int(float("4.35") * 1e12) would be one short."""
    assert parse_quantity(text) == value


@pytest.mark.parametrize(
    "text", ["", "0", "-5B", "nan", "inf", "1.5", "1e400", "1e37", "1e999999", "2^9999", "9" * 100, "1,2", "x", "1e-3"]
)
def test_what_is_no_whole_number_is_refused_in_one_line(text):
    with pytest.raises(QuantityError) as refused:
        parse_quantity(text, "n_layers")
    message = str(refused.value)
    assert message.startswith("n_layers = ")
    assert "valid" in message
    assert "\n" not in message


@given(st.integers(1, LARGEST))
def test_every_integer_reads_back(value):
    assert parse_quantity(str(value)) == parse_quantity(f"{value:,}") == parse_quantity(f"{value:_}") == value


@given(st.integers(1, 10**40))
def test_the_short_form_is_within_half_a_percent(value):
    text = short(value)
    if "e+" in text:
        digits, _, power = text.partition("e+")
        read = int(digits.replace(".", "")) * 10 ** (int(power) - 2)
    else:
        read = parse_quantity(text)
    assert abs(read - value) * 200 <= value


def test_the_short_form_reads_as_papers_print():
    assert [short(n) for n in (7, 999_499, 999_500, 1_517_123_584, 174_604_259_328, 10**15)] == [
        "7",
        "999K",
        "1.00M",
        "1.52B",
        "175B",
        "1.00e+15",
    ]


@pytest.mark.parametrize(
    "what",
    ["seq", "n_ctx", "source", "max_position_embeddings", "n_encoder_ctx", "--seq", "--cached", "sliding_window"],
)
@pytest.mark.parametrize(
    ("text", "readings"),
    [("4k", "4000 or 4096"), ("128K", "128000 or 131072"), ("1M", "1000000 or 1048576"), ("4.5k", "4500 or 4608")],
)
def test_a_context_in_K_is_refused_with_its_two_readings(what, text, readings):
    with pytest.raises(QuantityError, match=f"ambiguous; valid: {readings}"):
        parse_quantity(text, what)
    for reading in readings.split(" or "):
        assert str(parse_quantity(reading, what)) == reading


@pytest.mark.parametrize("what", ["tokens", "--tokens", "batch-tokens"])
def test_tokens_in_K_may_be_those_of_a_sequence_and_in_M_are_not(what):
    with pytest.raises(QuantityError, match="ambiguous; valid: 4000 or 4096"):
        parse_quantity("4k", what)
    assert parse_quantity("3.2M", what) == 3_200_000


@pytest.mark.parametrize("what", ["params", "n_vocab", "d_model", "a number"])
def test_elsewhere_K_is_a_thousand(what):
    assert parse_quantity("4k", what) == 4000
