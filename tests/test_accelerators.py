"""The table of accelerators: against constants in training code, for consistency, and files of your own."""

import re

import pytest

from paramcount.costs.accelerators import Accelerator, accelerator, accelerators
from paramcount.errors import InputError

# pytorch/torchtitan, torchtitan/tools/utils.py, get_peak_flops: dense bf16; for the MI250X, one of its two dies
IN_TRAINING_CODE = {
    "a100-40gb": 312e12,
    "a100-80gb": 312e12,
    "h100-sxm": 989e12,
    "h100-pcie": 756e12,
    "h100-nvl": 835e12,
    "h200": 989e12,
    "b200": 2.25e15,
    "mi300x": 1300e12,
    "mi325x": 1300e12,
    "mi250x": 2 * 191.5e12,
    "l40s": 362e12,
}


@pytest.mark.parametrize(("name", "peak"), IN_TRAINING_CODE.items())
def test_dense_peaks_are_those_that_training_code_keeps(name, peak):
    assert accelerator(name).peaks["bf16"] == pytest.approx(peak, rel=0.007)


def test_every_device_of_the_table_is_whole_numbers_with_a_source():
    known = accelerators()
    assert len(known) == 46
    for name, device in known.items():
        assert device.name == name
        assert device.source
        assert device.peak()[1] == device.peaks[device.peak()[0]] > 10**12
        numbers = [*device.peaks.values(), device.memory, device.bandwidth]
        assert all(type(number) is int and number > 0 for number in numbers)


def test_a_printed_gigabyte_is_ten_to_the_ninth():
    assert (accelerator("a100-80gb").memory, accelerator("h200").memory) == (80 * 10**9, 141 * 10**9)


def test_what_is_from_memory_stays_marked():
    marked = {name for name, device in accelerators().items() if "FROM MEMORY" in device.source + device.note}
    assert {"h200", "gh200", "l40s", "a10g", "rtx-5090", "trainium1", "gaudi3", "m1-max"} <= marked
    assert not {"v100", "a100-80gb", "h100-sxm"} & marked


def test_a_device_trains_in_bf16_or_else_in_fp16():
    assert accelerator("v100").peak() == ("fp16", 125 * 10**12)
    assert accelerator("H100-SXM").peak() == ("bf16", 989_400_000_000_000)
    assert accelerator("h100-sxm").peak("fp8") == ("fp8", 1_978_900_000_000_000)
    with pytest.raises(InputError, match="its peak in fp8 is not known; valid: fp16, fp32"):
        accelerator("v100").peak("fp8")


def test_a_typo_is_told_the_nearest_names():
    with pytest.raises(InputError, match=r"unknown accelerator; did you mean .*h100-sxm"):
        accelerator("h100-smx")
    with pytest.raises(InputError, match="valid: v100, v100-pcie"):
        accelerator("???")


def test_a_file_of_ones_own_adds_devices_and_replaces_ours(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("device,bf16_dense,tdp_w\nmine,1e15,\nH100-SXM,800T,500\n")
    assert accelerator("mine", str(path)) == Accelerator(
        "mine", "", "", None, {"bf16": 10**15}, None, None, None, "", ""
    )
    assert accelerator("h100-sxm", str(path)).peaks == {"bf16": 800 * 10**12}
    assert len(accelerators(str(path))) == 47
    assert accelerator("h100-sxm").tdp_w == 700


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("device,bf16\nmine,1e15\n", "unknown column 'bf16'; did you mean .*bf16_dense"),
        ("bf16_dense\n1e15\n", "column device is missing"),
        ("device,tdp_w,tdp_w\nmine,1,1\n", "column tdp_w is there twice"),
        ("device,tdp_w\nmine\n", "row 1: 1 cell"),
        ("device,tdp_w\nmine,-5\n", "row 1, column tdp_w = -5"),
        ("device,tdp_w\nmine,5\nMINE,5\n", "row 2, column device: 'mine'"),
        ("device\n\xff", "not UTF-8"),
        ("", ": empty; valid: "),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_line(tmp_path, text, said):
    path = tmp_path / "mine.csv"
    if text is not None:
        path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match=said) as refused:
        accelerators(str(path))
    assert not re.search(r"[\n\r]", str(refused.value))
