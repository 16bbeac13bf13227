"""Numbers as they are written: every binary form, and digits that are strict."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortread.codec.numbers import Binary, Digits
from shortread.codec.requests import Code
from shortread.spec.model import BinaryNumber, DigitsNumber

# In binary


@pytest.mark.parametrize("name", get_args(BinaryNumber))
def test_every_binary_number_that_a_spec_may_name_is_known(name):
    assert Binary.named(name).size * 8 == int(name[1:].removesuffix("be").removesuffix("le"))


@pytest.mark.parametrize("name", get_args(DigitsNumber))
def test_digits_are_no_binary_number(name):
    assert Binary.named(name) is None


@pytest.mark.parametrize(
    ("name", "number", "octets"),
    [
        ("u8", 255, "ff"),
        ("i8", -1, "ff"),
        ("u16be", 0x0102, "0102"),
        ("u16le", 0x0102, "0201"),
        ("i16be", -2, "fffe"),
        ("i16le", -2, "feff"),
        ("u24be", 0x010203, "010203"),
        ("u24le", 0x010203, "030201"),
        ("i24le", -2, "feffff"),
        ("u32be", 0xFFFFFFFE, "fffffffe"),
        ("u32le", 1, "01000000"),
        ("u64be", 1, "0000000000000001"),
        ("i64le", -(1 << 63), "0000000000000080"),
    ],
)
def test_a_binary_number_has_its_octets(name, number, octets):
    assert Binary.named(name).write(number).hex() == octets


@pytest.mark.parametrize(
    ("name", "smallest", "largest"),
    [("u8", 0, 255), ("i8", -128, 127), ("u24be", 0, 16_777_215), ("i32le", -2_147_483_648, 2_147_483_647)],
)
def test_a_binary_number_has_its_range(name, smallest, largest):
    codec = Binary.named(name)
    assert (codec.smallest, codec.largest) == (smallest, largest)


@given(st.sampled_from(get_args(BinaryNumber)).map(Binary.named), st.data())
def test_a_binary_number_is_read_as_it_was_written(codec, data):
    number = data.draw(st.integers(codec.smallest, codec.largest))
    assert codec.read(codec.write(number)) == number


# In digits


def digits(name="digits", *, max_digits=9, width=None, leading_zeros=False):
    return Digits.named(name, max_digits=width or max_digits, width=width, allows_leading_zeros=leading_zeros)


@pytest.mark.parametrize(
    ("codec", "number", "octets"),
    [
        (digits(), 0, b"0"),
        (digits(), 1234, b"1234"),
        (digits("hex-digits"), 0x1BF, b"1bf"),
        (digits("octal-digits"), 0o17, b"17"),
        (digits(width=5), 42, b"00042"),
        (digits("hex-digits", width=4), 0xFF, b"00ff"),
    ],
)
def test_a_number_has_its_digits(codec, number, octets):
    assert (codec.write(number), codec.read(octets), codec.refuse(octets)) == (octets, number, None)


@pytest.mark.parametrize(
    ("codec", "largest"),
    [(digits(), 999_999_999), (digits("hex-digits", width=4), 0xFFFF), (digits("octal-digits", max_digits=3), 0o777)],
)
def test_the_largest_number_is_all_digits_at_their_highest(codec, largest):
    assert (codec.smallest, codec.largest) == (0, largest)


@pytest.mark.parametrize(
    ("octets", "code", "offset"),
    [
        (b"+5", Code.NON_DIGIT_LENGTH, 0),
        (b"-5", Code.NON_DIGIT_LENGTH, 0),
        (b" 5", Code.NON_DIGIT_LENGTH, 0),
        (b"5 ", Code.NON_DIGIT_LENGTH, 1),
        (b"1_0", Code.NON_DIGIT_LENGTH, 1),
        (b"0x5", Code.NON_DIGIT_LENGTH, 1),
        (b"1a", Code.NON_DIGIT_LENGTH, 1),
        ("٥".encode(), Code.NON_DIGIT_LENGTH, 0),
        ("5²".encode(), Code.NON_DIGIT_LENGTH, 1),
        (b"5\0", Code.NON_DIGIT_LENGTH, 1),
        (b"05", Code.LEADING_ZERO, 0),
        (b"00", Code.LEADING_ZERO, 0),
        (b"0123456789", Code.LEADING_ZERO, 0),
        (b"1234567890", Code.TOO_MANY_DIGITS, 9),
        (b"123456789x", Code.NON_DIGIT_LENGTH, 9),
    ],
)
def test_digits_are_strict(octets, code, offset):
    violation = digits().refuse(octets)
    assert (violation.code, violation.offset) == (code, offset)


@pytest.mark.parametrize(
    ("codec", "octets"),
    [(digits("hex-digits"), b"1g"), (digits("octal-digits"), b"18")],
)
def test_a_base_has_its_own_digits(codec, octets):
    assert codec.refuse(octets).code == Code.NON_DIGIT_LENGTH


@pytest.mark.parametrize("octets", [b"ff", b"FF", b"fF"])
def test_hexadecimal_digits_are_read_in_both_cases(octets):
    assert (digits("hex-digits").refuse(octets), digits("hex-digits").read(octets)) == (None, 255)


@pytest.mark.parametrize("codec", [digits(leading_zeros=True), digits(width=3)])
def test_leading_zeros_are_digits_where_the_spec_or_a_width_allows_them(codec):
    assert (codec.refuse(b"007"), codec.read(b"007")) == (None, 7)


@given(
    st.builds(
        digits,
        st.sampled_from(get_args(DigitsNumber)),
        max_digits=st.integers(1, 4),
        width=st.none() | st.integers(1, 4),
        leading_zeros=st.booleans(),
    ),
    st.lists(st.sampled_from(b"0017af:x +_"), max_size=8).map(bytes),
)
def test_a_refusal_is_the_same_for_every_longer_beginning(codec, octets):
    refusals = [codec.refuse(octets[:size]) for size in range(len(octets) + 1)]
    refused = [refusal for refusal in refusals if refusal is not None]
    assert refusals == [None] * (len(refusals) - len(refused)) + refused[:1] * len(refused)


@given(st.builds(digits, st.sampled_from(get_args(DigitsNumber)), width=st.none() | st.integers(1, 9)), st.data())
def test_a_number_in_digits_is_read_as_it_was_written(codec, data):
    number = data.draw(st.integers(0, codec.largest))
    written = codec.write(number)
    assert (codec.refuse(written), codec.read(written)) == (None, number)
