"""The lines of sip2.md, in their own words, and the tests that show each: a reader's list, checked by test_quirks.py."""

HERE, WIRE, MEANING = "sip2/test_quirks.py", "sip2/test_quirks_wire.py", "sip2/test_quirks_meaning.py"

LINES: dict[str, tuple[str, ...]] = {
    # What it can't do
    "No message creates an item, a patron, a charge or a price; never use 19 or 37": (
        f"{HERE}::test_nothing_of_ours_writes_a_19_or_a_37",
    ),
    "No push: that a customer has borrowed or returned something is learned by asking (17)": (
        f"{MEANING}::test_what_a_customer_did_is_learned_by_asking",
    ),
    "11 has no ordinary due date: the ACS sets it; the due date that counts is AH of the reply": (
        f"{HERE}::test_the_due_date_is_left_to_the_acs_and_read_from_ah",
        "sip2/test_codec.py::test_a_blank_due_date_is_written_and_summed",
    ),
    "Hold (15) is not everywhere; BX tells, configuration overrides it": (
        f"{HERE}::test_bx_tells_of_holds_and_configuration_overrides_it",
    ),
    # The wire
    "Send exactly CR, one request per write, at most 1024 bytes, never a second request before the reply": (
        f"{WIRE}::test_one_request_at_a_time_and_exactly_cr",
        "sip2/test_codec.py::test_a_request_has_at_most_1024_bytes",
    ),
    "Accept CR, CRLF, LF, a leading LF or blanks": (f"{WIRE}::test_every_terminator_and_what_leads_a_reply",),
    "a reply split over segments": (f"{WIRE}::test_a_reply_split_over_segments",),
    "two replies in one segment": (f"{WIRE}::test_two_replies_in_one_segment",),
    "A reply without any terminator must end in a deadline and a dropped connection": (
        f"{WIRE}::test_a_reply_without_terminator_ends_in_a_deadline_and_a_dropped_connection",
    ),
    "Check that a reply echoes the request: message type, AY, AA, AB": (
        f"{WIRE}::test_a_reply_that_echoes_another_request_is_never_taken",
    ),
    "An unsolicited 98 may come in place of a reply": (f"{WIRE}::test_an_unsolicited_98_in_place_of_a_reply",),
    "After a lost reply or a wrong echo send again only 17, 23, 63, 99; of anything else the outcome is unknown": (
        f"{WIRE}::test_only_questions_are_sent_again_after_a_lost_reply",
        "sip2/test_session.py::test_only_questions_are_repeatable",
    ),
    "A 96 permits one resend of anything": (f"{WIRE}::test_a_96_permits_one_resend_of_anything",),
    "Checksums per ACS: strict, warn or ignore": (f"{WIRE}::test_checksums_strict_warn_or_ignore",),
    "AZ without AY occurs; one server sends AZ0000 always": (f"{WIRE}::test_odd_trailers",),
    "some sum UTF-8 bytes, one sums replacement characters": (f"{WIRE}::test_sums_of_other_bytes",),
    "96 means: send the original again; 96 in reply to a 97 means that communication failed": (
        f"{WIRE}::test_96_in_reply_to_a_97",
    ),
    "97 before login can bring another client's last reply: never send it first": (
        f"{WIRE}::test_97_is_never_sent_first",
    ),
    "Fields in any order, empty, repeated, unknown": (f"{WIRE}::test_odd_replies_are_read_whole",),
    "| right after the fixed part; a missing last |; blanks before AY": (f"{WIRE}::test_odd_replies_are_read_whole",),
    "an unescaped | or &#124; inside a value": (f"{WIRE}::test_odd_replies_are_read_whole",),
    "blank language and counts; a one-character status where two were due": (
        f"{WIRE}::test_odd_replies_are_read_whole",
    ),
    "a BX shorter or longer than 16; non-digits in the timeout": (
        f"{WIRE}::test_an_odd_98_opens_the_session_all_the_same",
    ),
    "None of it may raise; all of it is kept": (
        f"{WIRE}::test_odd_replies_are_read_whole",
        "fuzz/test_fuzz.py::test_a_bounded_run_finds_nothing",
    ),
    "Code page per ACS: cp850, ASCII, ISO-8859-1, UTF-8": (f"{WIRE}::test_every_code_page",),
    "Dates: ZZZZ blank, Z, 0000; AH in many forms; day and month by profile": (
        f"{MEANING}::test_due_dates_in_every_form",
        "sip2/test_dates.py::test_every_form_seen_is_read",
    ),
    # The session
    "Login by 93, by telnet prompts, or none; 99 may be required first, allowed, or fatal before login": (
        f"{HERE}::test_each_way_to_begin_a_session",
    ),
    "Some servers block an account after three refused logins": (
        f"{HERE}::test_refused_logins_are_not_repeated_for_ever",
        "sip2/test_lines_guards.py::test_refused_logins_pause_then_stop_until_staff_resume",
    ),
    "An ACS at its connection limit accepts the socket and stays silent": (
        f"{HERE}::test_a_socket_that_is_accepted_and_stays_silent",
        "sip2/test_lines.py::test_an_acs_at_its_connection_limit_leaves_the_work_to_the_connections_that_live",
    ),
    "keep the lines small (default 2)": (
        "sip2/test_lines.py::test_never_more_connections_than_its_size_and_everyone_is_served",
    ),
    "Idle sessions are closed: keep alive with 99, reconnect without fuss": (
        f"{HERE}::test_an_idle_session_that_was_closed_is_opened_again_without_fuss",
        "sip2/test_lines_guards.py::test_an_idle_connection_is_kept_alive_by_99",
    ),
    "98 carries the timeout and the retries: honour them, the retries for what is safe to repeat": (
        f"{HERE}::test_timeout_and_retries_of_the_98_are_honoured",
    ),
    # Meaning
    "ok is not proof: a hold answered ok=1 was never stored": (
        f"{MEANING}::test_a_hold_answered_ok_that_was_never_stored",
    ),
    "a check-in answered ok=0 did trap a hold": (f"{MEANING}::test_a_check_in_answered_no_that_did_trap_a_hold",),
    "a hold refused carried ok=1 and the reason only in AF": (f"{MEANING}::test_a_hold_refused_in_words_alone",),
    "After each action that matters, look (17, 63)": (f"{MEANING}::test_there_is_a_question_for_every_act",),
    "A repeat is not safe: a repeated 11 became a renewal": (f"{MEANING}::test_a_checkout_is_never_repeated_blindly",),
    "if they can't tell, ask staff: outcomes have three values": (f"{MEANING}::test_what_no_reply_shows_is_unclear",),
    "One negative answer is not proof either": (f"{MEANING}::test_no_such_item_and_no_such_customer_prove_nothing",),
    "Circulation status 01 to 13; one product: 08 for any pending hold": (f"{MEANING}::test_every_circulation_status",),
    "Unknown item: 01 with an empty title": (f"{MEANING}::test_no_such_item_and_no_such_customer_prove_nothing",),
    "CF = hold queue length": (f"{MEANING}::test_the_queue_is_read_from_cf",),
    "CV, CT destination, CY patron of the hold and DA its details": (
        f"{MEANING}::test_whom_a_trapped_hold_is_for_and_where_an_item_goes",
    ),
    "One product always says alert N: then route by the item's owner (AQ)": (
        f"{MEANING}::test_whom_a_trapped_hold_is_for_and_where_an_item_goes",
    ),
    "BL valid, CQ PIN right (a wrong PIN still brings all the data)": (
        f"{MEANING}::test_a_customer_as_replies_tell_of_him",
    ),
    "the 14 status positions, CC, BV, PA; blocks sometimes only in AF": (
        f"{MEANING}::test_a_customer_as_replies_tell_of_him",
    ),
    "Hold counts differ, and BU (unavailable) is counted differently too": (
        f"{MEANING}::test_holds_are_counted_in_more_than_one_way",
    ),
    "AF is free text: per-profile patterns may explain it": (f"{MEANING}::test_free_text_is_explained_by_the_profile",),
    "Hold keys differ: AB everywhere, AJ only on some": (f"{MEANING}::test_a_hold_names_an_item_and_no_title",),
    "Pickup BS may be accepted though it does not exist; BW may be ignored": (
        f"{MEANING}::test_what_a_hold_reply_says_of_pickup_and_expiry_is_not_relied_on",
    ),
    "Cancel may work by AB only, may cancel the newest hold, or may fail always": (
        f"{MEANING}::test_a_cancelled_hold_that_is_still_there",
        f"{MEANING}::test_a_hold_that_can_not_be_placed_or_cancelled_is_for_staff",
    ),
    "Personal data that replies carry: never stored, never logged; AA only as its last four": (
        f"{MEANING}::test_no_personal_data_comes_out_of_a_conversation",
        "sip2/test_redaction.py::test_no_personal_value_comes_through",
    ),
}
