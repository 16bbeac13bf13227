"""The catalogue: every mistake by its code, in the order in which candidates that explain the same are named."""

from __future__ import annotations

from collections.abc import Mapping

from shortread.catalogue.mistake import Mistake
from shortread.catalogue.mistakes import (
    sr001_wrong_reply,
    sr002_unstable_reply,
    sr003_unexplained_dependence,
    sr101_partial_header_read,
    sr102_partial_body_read,
    sr103_one_read_per_message,
    sr104_overwritten_partial_read,
    sr105_split_delimiter,
    sr106_text_decoded_per_read,
    sr107_short_read_means_end,
    sr108_silence_means_end,
    sr109_partial_lost_on_timeout,
    sr110_read_size_limit,
    sr111_split_escape,
    sr201_dropped_following_message,
    sr202_merged_following_message,
    sr203_withheld_message,
    sr204_delimiter_only_at_end,
    sr205_corrupted_leftover,
    sr206_lost_at_handover,
    sr207_reply_before_complete,
    sr301_truncated_message_delivered,
    sr302_spin_at_end,
    sr303_hang_at_end,
    sr304_phantom_message_at_end,
    sr305_dead_after_bad_client,
    sr306_no_reply_after_half_close,
    sr307_last_message_lost_at_end,
)

_MISTAKES = (
    sr001_wrong_reply.MISTAKE,
    sr002_unstable_reply.MISTAKE,
    sr003_unexplained_dependence.MISTAKE,
    sr101_partial_header_read.MISTAKE,
    sr102_partial_body_read.MISTAKE,
    sr103_one_read_per_message.MISTAKE,
    sr104_overwritten_partial_read.MISTAKE,
    sr105_split_delimiter.MISTAKE,
    sr106_text_decoded_per_read.MISTAKE,
    sr107_short_read_means_end.MISTAKE,
    sr108_silence_means_end.MISTAKE,
    sr109_partial_lost_on_timeout.MISTAKE,
    sr110_read_size_limit.MISTAKE,
    sr111_split_escape.MISTAKE,
    sr201_dropped_following_message.MISTAKE,
    sr202_merged_following_message.MISTAKE,
    sr203_withheld_message.MISTAKE,
    sr204_delimiter_only_at_end.MISTAKE,
    sr205_corrupted_leftover.MISTAKE,
    sr206_lost_at_handover.MISTAKE,
    sr207_reply_before_complete.MISTAKE,
    sr301_truncated_message_delivered.MISTAKE,
    sr302_spin_at_end.MISTAKE,
    sr303_hang_at_end.MISTAKE,
    sr304_phantom_message_at_end.MISTAKE,
    sr305_dead_after_bad_client.MISTAKE,
    sr306_no_reply_after_half_close.MISTAKE,
    sr307_last_message_lost_at_end.MISTAKE,
)

CATALOGUE: Mapping[str, Mistake] = {mistake.code: mistake for mistake in _MISTAKES}
"""Codes never change their meaning, and are never used again."""
