"""A printed figure stands for an interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paramcount.papers.claim import claim


@pytest.mark.parametrize(
    ("printed", "zeros", "low", "high", "text"),
    [
        ("1.3B", 0, 1_250_000_000, 1_350_000_000, "1.25–1.35B"),
        ("1,320M", 0, 1_319_500_000, 1_320_500_000, "1,319.5–1,320.5M"),
        ("1,320M", 1, 1_315_000_000, 1_325_000_000, "1,315–1,325M"),
        ("174,600M", 1, 174_595_000_000, 174_605_000_000, "174,595–174,605M"),
        ("125M", 1, 124_500_000, 125_500_000, "124.5–125.5M"),
        ("175.0B", 1, 174_950_000_000, 175_050_000_000, "174.95–175.05B"),
        ("116534784", 0, 116_534_784, 116_534_785, "116,534,784"),
        ("1.0T", 0, 950_000_000_000, 1_050_000_000_000, "0.95–1.05T"),
    ],
)
def test_a_figure_claims_half_a_unit_of_its_last_significant_digit(printed, zeros, low, high, text):
    claimed = claim(printed, zeros)
    assert (claimed.low, claimed.high, str(claimed)) == (low, high, text)
    assert claimed.admits(low)
    assert not claimed.admits(high)
    assert not claimed.admits(low - 1)


@given(st.integers(1, 9999), st.sampled_from("KMBT"))
def test_a_figure_admits_what_it_names(mantissa, unit):
    claimed = claim(f"{mantissa}{unit}")
    assert claimed.admits(claimed.nominal)
    assert claimed.nominal - claimed.low == claimed.high - claimed.nominal
    assert claimed.error(claimed.nominal) == 0


@pytest.mark.parametrize("printed", ["", "about 1B", "-3M", "1.5", "1e9"])
def test_what_is_no_figure_is_refused(printed):
    with pytest.raises(ValueError, match=r"is not a count; valid: 117M|whole"):
        claim(printed)
