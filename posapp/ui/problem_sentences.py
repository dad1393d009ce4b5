"""The table of sentences: what each problem's code means, what mends it, and which codes mean the same."""

from __future__ import annotations

from typing import Final

from posapp.ui.i18n import QT_TRANSLATE_NOOP

TITLES: Final = {
    # typing an amount
    "amount_empty": QT_TRANSLATE_NOOP("problem", "There is no amount in that text"),
    "amount_not_a_number": QT_TRANSLATE_NOOP("problem", "An amount is written with digits and one point, like 128.50"),
    "amount_digits_only": QT_TRANSLATE_NOOP("problem", "An amount has digits only"),
    "amount_leading_zero": QT_TRANSLATE_NOOP("problem", "An amount does not start with 0 unless it is below one"),
    "amount_too_many_decimals": QT_TRANSLATE_NOOP("problem", "That amount has more decimals than can be charged"),
    "amount_too_large": QT_TRANSLATE_NOOP("problem", "That is more than a till takes in one order"),
    "amount_zero": QT_TRANSLATE_NOOP("problem", "There is no amount to charge yet"),
    "amount_above_limit": QT_TRANSLATE_NOOP("problem", "The gateway does not take an amount as large as this"),
    "plus_needs_amount": QT_TRANSLATE_NOOP("problem", "Type an amount before adding the next one"),
    "decimals_out_of_range": QT_TRANSLATE_NOOP("problem", "That currency does not have so many decimals"),
    "currency_unknown": QT_TRANSLATE_NOOP("problem", "That is not a currency this till knows"),
    "currency_not_money": QT_TRANSLATE_NOOP("problem", "Nothing can be charged in that currency"),
    "currency_mixed": QT_TRANSLATE_NOOP("problem", "Two currencies cannot be added up"),
    "currency_not_taken": QT_TRANSLATE_NOOP("problem", "The gateway does not take this currency"),
    # the way to the gateway
    "timeout": QT_TRANSLATE_NOOP("problem", "The gateway did not answer in time"),
    "connect_timeout": QT_TRANSLATE_NOOP("problem", "The gateway could not be reached in time"),
    "reset": QT_TRANSLATE_NOOP("problem", "The connection broke before an answer came"),
    "cut_off": QT_TRANSLATE_NOOP("problem", "The gateway's answer was cut off"),
    "dns": QT_TRANSLATE_NOOP("problem", "The gateway's address could not be found"),
    "refused": QT_TRANSLATE_NOOP("problem", "The gateway's server does not accept connections"),
    "no_route": QT_TRANSLATE_NOOP("problem", "There is no way into the network"),
    "not_connected": QT_TRANSLATE_NOOP("problem", "No connection to the gateway came about"),
    "transport": QT_TRANSLATE_NOOP("problem", "The connection failed before an answer came"),
    "connections_busy": QT_TRANSLATE_NOOP("problem", "Every connection to the gateway is in use"),
    "tls_clock": QT_TRANSLATE_NOOP(
        "problem", "This PC's clock is wrong, or the gateway's certificate is not valid yet"
    ),
    "tls_expired": QT_TRANSLATE_NOOP(
        "problem", "The gateway's certificate is out of date, or this PC's clock is wrong"
    ),
    "tls_wrong_host": QT_TRANSLATE_NOOP("problem", "The server that answered is not the gateway"),
    "tls_unknown_ca": QT_TRANSLATE_NOOP("problem", "The gateway's certificate comes from nobody this PC trusts"),
    "tls_protocol": QT_TRANSLATE_NOOP("problem", "No secure connection could be agreed on with the gateway"),
    "tls_failed": QT_TRANSLATE_NOOP("problem", "No secure connection to the gateway could be made"),
    "proxy_auth": QT_TRANSLATE_NOOP("problem", "The shop's proxy server asks for a password"),
    "proxy_unreachable": QT_TRANSLATE_NOOP("problem", "The shop's proxy server does not answer"),
    "proxy_refused": QT_TRANSLATE_NOOP("problem", "The shop's proxy server did not let us through"),
    "captive_portal": QT_TRANSLATE_NOOP("problem", "The network wants a sign-in first"),
    "redirected": QT_TRANSLATE_NOOP("problem", "Something on the way sends us to another address"),
    "http_4xx": QT_TRANSLATE_NOOP("problem", "The gateway did not accept the request"),
    "http_5xx": QT_TRANSLATE_NOOP("problem", "The gateway has trouble of its own"),
    "malformed": QT_TRANSLATE_NOOP("problem", "The gateway's answer could not be understood"),
    "list_incomplete": QT_TRANSLATE_NOOP("problem", "The gateway's list of payments is not complete"),
    "several_payments": QT_TRANSLATE_NOOP("problem", "The gateway has several payments under this order's id"),
    "too_large": QT_TRANSLATE_NOOP("problem", "The gateway's answer is far larger than any it should give"),
    "credentials_rejected": QT_TRANSLATE_NOOP("problem", "The gateway does not accept this till's credentials"),
    "rate_limited": QT_TRANSLATE_NOOP("problem", "The gateway wants to be asked less often"),
    # what the gateway refuses
    "rejected": QT_TRANSLATE_NOOP("problem", "The gateway refused this charge"),
    "payer_missing": QT_TRANSLATE_NOOP("problem", "This way of paying needs to know who pays, and nobody was named"),
    "flow_unsupported": QT_TRANSLATE_NOOP("problem", "The gateway cannot take payments in this way"),
    "payment_method_not_allowed": QT_TRANSLATE_NOOP("problem", "WeChat Pay is not switched on for this merchant"),
    "amount_decimals": QT_TRANSLATE_NOOP("problem", "The gateway does not take such small fractions"),
    "return_url_missing": QT_TRANSLATE_NOOP("problem", "This way of paying needs a return address, and none is set up"),
    "cancel_unsupported": QT_TRANSLATE_NOOP("problem", "The gateway cannot close a payment"),
    "payment_id_missing": QT_TRANSLATE_NOOP("problem", "The gateway's id of this payment is not known"),
    "id_unusable": QT_TRANSLATE_NOOP("problem", "The gateway's id of this payment cannot be used"),
    "duplicate_order": QT_TRANSLATE_NOOP("problem", "The gateway already knows an order with this id"),
    "not_found": QT_TRANSLATE_NOOP("problem", "The gateway does not know this payment"),
    "invalid_status": QT_TRANSLATE_NOOP("problem", "The payment is in a state that does not allow this"),
    "wrong_intent": QT_TRANSLATE_NOOP("problem", "The gateway's answer does not belong to this order"),
    "operation_not_supported": QT_TRANSLATE_NOOP("problem", "The gateway cannot do this"),
    "other_gateway": QT_TRANSLATE_NOOP(
        "problem", "This payment was made at another gateway than the one that is set up now"
    ),
    "code_unusable": QT_TRANSLATE_NOOP("problem", "What the gateway gave out is no code that a till may show"),
    "code_empty": QT_TRANSLATE_NOOP("problem", "The gateway gave out an empty code"),
    "code_too_long": QT_TRANSLATE_NOOP(
        "problem", "The gateway's code is too long to be drawn so that it can be scanned"
    ),
    "window_too_small": QT_TRANSLATE_NOOP("problem", "The window is too small for a code that can be scanned"),
    # our own ledger and machine
    "disk_full": QT_TRANSLATE_NOOP("problem", "This PC's disk is full"),
    "ledger_read_only": QT_TRANSLATE_NOOP("problem", "The till's ledger may not be written"),
    "ledger_busy": QT_TRANSLATE_NOOP("problem", "Another program holds the till's ledger"),
    "ledger_cannot_open": QT_TRANSLATE_NOOP("problem", "The till's ledger cannot be opened"),
    "ledger_failed": QT_TRANSLATE_NOOP("problem", "The till's ledger could not be written"),
    "ledger_newer": QT_TRANSLATE_NOOP("problem", "The till's ledger was made by a newer version of this program"),
    "ledger_corrupt": QT_TRANSLATE_NOOP("problem", "The till's ledger is damaged"),
    "ledger_foreign": QT_TRANSLATE_NOOP("problem", "The file in the ledger's place is not a till's ledger"),
    "ledger_missing": QT_TRANSLATE_NOOP("problem", "The till's ledger is gone: its file is not where it was"),
    "ledger_is_whole": QT_TRANSLATE_NOOP("problem", "The ledger can be opened again, so it was left alone"),
    "ledger_view_only": QT_TRANSLATE_NOOP("problem", "This till's ledger can only be looked at, not written"),
    "ledger_on_network": QT_TRANSLATE_NOOP(
        "problem", "The till's ledger lies in a network folder, which cannot keep it safe"
    ),
    "ledger_in_use": QT_TRANSLATE_NOOP("problem", "Another program of this till has the ledger open"),
    "backup_failed": QT_TRANSLATE_NOOP("problem", "The daily backup of the ledger could not be made"),
    "backup_unsound": QT_TRANSLATE_NOOP("problem", "That backup does not hold together, so it was not used"),
    "backup_busy": QT_TRANSLATE_NOOP("problem", "A backup is being made right now"),
    "cancelled": QT_TRANSLATE_NOOP("problem", "That was ended before it was done"),
    "file_exists": QT_TRANSLATE_NOOP("problem", "There is a file of that name already"),
    "file_failed": QT_TRANSLATE_NOOP("problem", "A file could not be written"),
    "folder_read_only": QT_TRANSLATE_NOOP("problem", "The till's folder may not be written"),
    "ledger_older": QT_TRANSLATE_NOOP(
        "problem", "The till's ledger is from an older version and has to be brought up to date first"
    ),
    "secret_other_host": QT_TRANSLATE_NOOP(
        "problem", "The till's secret was given for another gateway's address, so it was not used"
    ),
    "already_started": QT_TRANSLATE_NOOP("problem", "The till is open already"),
    "restored": QT_TRANSLATE_NOOP(
        "problem", "This order comes from a damaged ledger or a backup: what became of it has to be asked"
    ),
    "backup_missing": QT_TRANSLATE_NOOP("problem", "That backup is no longer there"),
    "keyring_locked": QT_TRANSLATE_NOOP("problem", "The system's password store is locked"),
    "keyring_missing": QT_TRANSLATE_NOOP("problem", "This PC has no password store that could be used"),
    "secret_missing": QT_TRANSLATE_NOOP("problem", "This till has no credentials for the gateway"),
    "secret_empty": QT_TRANSLATE_NOOP("problem", "The gateway's secret is empty"),
    "internal": QT_TRANSLATE_NOOP("problem", "Something went wrong inside this program"),
    "crashed_last_time": QT_TRANSLATE_NOOP("problem", "This program crashed the last time it ran"),
    "worker_stopped": QT_TRANSLATE_NOOP("problem", "The part of this program that asks the gateway has stopped"),
    "worker_hangs": QT_TRANSLATE_NOOP("problem", "The part of this program that asks the gateway does not move on"),
    "interrupted": QT_TRANSLATE_NOOP("problem", "The program ended before the gateway's answer came"),
    # what the rules of the till do not allow
    "new_code_not_allowed": QT_TRANSLATE_NOOP(
        "problem", "There may be no new code yet: the one shown can still be paid"
    ),
    "already_charging": QT_TRANSLATE_NOOP("problem", "This order is already being charged"),
    "already_paid": QT_TRANSLATE_NOOP("problem", "This order is already paid"),
    "other_code_open": QT_TRANSLATE_NOOP("problem", "Another code of this order can still be paid"),
    "code_gone": QT_TRANSLATE_NOOP("problem", "This code can no longer be shown"),
    "note_unusable": QT_TRANSLATE_NOOP("problem", "A note is one short line of plain text"),
    "not_ready": QT_TRANSLATE_NOOP("problem", "The till is not ready yet"),
    "stopping": QT_TRANSLATE_NOOP("problem", "The till is closing"),
    "order_unknown": QT_TRANSLATE_NOOP("problem", "This till has no such order"),
}

MEND: Final = {
    "tls_expired": QT_TRANSLATE_NOOP("problem", "Check the date and time of this PC first."),
    "tls_unknown_ca": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after this PC to check its certificates."),
    "tls_wrong_host": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after the network."),
    "captive_portal": QT_TRANSLATE_NOOP("problem", "Open a browser and sign in to the network."),
    "proxy_auth": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after the network."),
    "no_route": QT_TRANSLATE_NOOP("problem", "Check the network cable or the Wi-Fi."),
    "dns": QT_TRANSLATE_NOOP("problem", "Check the network cable or the Wi-Fi."),
    "credentials_rejected": QT_TRANSLATE_NOOP("problem", "Ask whoever set up this till to renew them."),
    "secret_missing": QT_TRANSLATE_NOOP("problem", "Ask whoever set up this till to enter them."),
    "secret_empty": QT_TRANSLATE_NOOP("problem", "Ask whoever set up this till to enter it again."),
    "other_gateway": QT_TRANSLATE_NOOP("problem", "Look it up at the gateway that it was made at."),
    "keyring_locked": QT_TRANSLATE_NOOP("problem", "Unlock it, then try again."),
    "disk_full": QT_TRANSLATE_NOOP("problem", "Free some space, then try again."),
    "ledger_read_only": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after this PC."),
    "ledger_busy": QT_TRANSLATE_NOOP("problem", "Close the other one, then try again."),
    "ledger_cannot_open": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after this PC."),
    "ledger_newer": QT_TRANSLATE_NOOP("problem", "Install the newer version; nothing was changed."),
    "ledger_corrupt": QT_TRANSLATE_NOOP("problem", "Do not delete anything; ask whoever looks after this PC."),
    "new_code_not_allowed": QT_TRANSLATE_NOOP(
        "problem", "Wait until the gateway says that it is closed, or let the customer pay it."
    ),
    "window_too_small": QT_TRANSLATE_NOOP("problem", "Make the window larger."),
    "not_ready": QT_TRANSLATE_NOOP("problem", "Try again in a moment."),
    "order_unknown": QT_TRANSLATE_NOOP("problem", "Look it up in the order list."),
    "tls_clock": QT_TRANSLATE_NOOP("problem", "Check the date and time of this PC first."),
    "tls_protocol": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after the network."),
    "tls_failed": QT_TRANSLATE_NOOP(
        "problem", "Check the date and time of this PC, then ask whoever looks after the network."
    ),
    "proxy_refused": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after the network."),
    "redirected": QT_TRANSLATE_NOOP("problem", "Open a browser and see whether the network wants a sign-in."),
    "keyring_missing": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after this PC."),
    "ledger_failed": QT_TRANSLATE_NOOP("problem", "Check the disk; ask whoever looks after this PC."),
    "ledger_foreign": QT_TRANSLATE_NOOP("problem", "Do not delete anything; ask whoever looks after this PC."),
    "ledger_missing": QT_TRANSLATE_NOOP(
        "problem", "Do not start over if it may only have been moved: put it back, then try again."
    ),
    "ledger_is_whole": QT_TRANSLATE_NOOP("problem", "Press Try again."),
    "ledger_view_only": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after this PC."),
    "ledger_on_network": QT_TRANSLATE_NOOP(
        "problem", "Ask whoever looks after this PC to keep it on a disk of its own."
    ),
    "ledger_in_use": QT_TRANSLATE_NOOP("problem", "Close the other one, then try again."),
    "backup_failed": QT_TRANSLATE_NOOP("problem", "Check whether the disk is full; it is tried again every hour."),
    "backup_unsound": QT_TRANSLATE_NOOP("problem", "Choose another one; nothing was changed."),
    "backup_busy": QT_TRANSLATE_NOOP("problem", "Try again in a moment."),
    "file_failed": QT_TRANSLATE_NOOP("problem", "Check the disk, then try again."),
    "folder_read_only": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after this PC."),
    "ledger_older": QT_TRANSLATE_NOOP("problem", "Make it writable, then try again."),
    "secret_other_host": QT_TRANSLATE_NOOP(
        "problem", "Ask whoever set up this till to enter the secret of the gateway that is set up now."
    ),
    "file_exists": QT_TRANSLATE_NOOP("problem", "It was left as it is; choose another name."),
    "proxy_unreachable": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after the network."),
    "backup_missing": QT_TRANSLATE_NOOP("problem", "Choose another one."),
    "crashed_last_time": QT_TRANSLATE_NOOP("problem", "What is known about it stands in the log."),
    "worker_stopped": QT_TRANSLATE_NOOP("problem", "It is being started again by itself."),
    "worker_hangs": QT_TRANSLATE_NOOP(
        "problem", "If that stays so, close the till and open it again: orders lose nothing by it."
    ),
    "internal": QT_TRANSLATE_NOOP("problem", "What is known about it stands in the log."),
}

_SAME: Final = {
    "credentials_rejected": ("unauthorized", "invalid_credentials"),
    "rate_limited": ("too_many_requests",),
    "duplicate_order": ("duplicate_request",),
    "not_found": ("resource_not_found", "payment_not_found"),
    "invalid_status": ("invalid_status_for_operation",),
    "rejected": ("validation_error", "invalid_argument"),
    "currency_not_taken": ("currency_not_supported",),
    "payment_id_missing": ("cancel_id_missing",),
    "timeout": ("login_timeout",),
    "malformed": (
        *("bad_http", "content_type", "content_encoding", "envelope", "event", "notice", "list", "field_wrong_type"),
        *("amount_unreadable", "token_unusable", "login_status"),
    ),
}
ALIASES: Final = {alias: code for code, aliases in _SAME.items() for alias in aliases}
