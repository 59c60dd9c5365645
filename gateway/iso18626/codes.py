"""The code lists of ISO 18626: closed ones as enums, open ones as known values that let unknown ones through.

Closed lists are the union of what schema 1.2 (2017) and schema 2021-2 enumerate; `known` says which version has which
value. Open lists are published beside the standard at illtransactions.org and may grow at any time: a value is
compared without regard to case, one that is not listed here is kept as it came, and local codes are never invented
(local words belong into a `note`). This module holds names alone: it reads and writes nothing.
"""

from enum import StrEnum
from typing import Final, Self


class Version(StrEnum):
    """A version of the schema that this library speaks."""

    V1_2 = "1.2"
    V2021_2 = "2021-2"


class MessageKind(StrEnum):
    """The six messages, by the name of their element."""

    REQUEST = "request"
    REQUEST_CONFIRMATION = "requestConfirmation"
    SUPPLYING_AGENCY_MESSAGE = "supplyingAgencyMessage"
    SUPPLYING_AGENCY_MESSAGE_CONFIRMATION = "supplyingAgencyMessageConfirmation"
    REQUESTING_AGENCY_MESSAGE = "requestingAgencyMessage"
    REQUESTING_AGENCY_MESSAGE_CONFIRMATION = "requestingAgencyMessageConfirmation"


class Action(StrEnum):
    """What a requesting agency does or asks (type_action)."""

    STATUS_REQUEST = "StatusRequest"
    RECEIVED = "Received"
    CANCEL = "Cancel"
    RENEW = "Renew"
    HOLD_RETURN = "HoldReturn"
    SHIPPED_RETURN = "ShippedReturn"
    SHIPPED_FORWARD = "ShippedForward"
    NOTIFICATION = "Notification"
    LOST = "Lost"


class Status(StrEnum):
    """Where a request stands, as the supplying agency sees it (type_status)."""

    REQUEST_RECEIVED = "RequestReceived"
    EXPECT_TO_SUPPLY = "ExpectToSupply"
    WILL_SUPPLY = "WillSupply"
    LOANED = "Loaned"
    OVERDUE = "Overdue"
    RECALLED = "Recalled"
    RETRY_POSSIBLE = "RetryPossible"
    UNFILLED = "Unfilled"
    HOLD_RETURN = "HoldReturn"
    RELEASE_HOLD_RETURN = "ReleaseHoldReturn"
    COPY_COMPLETED = "CopyCompleted"
    LOAN_COMPLETED = "LoanCompleted"
    COMPLETED_WITHOUT_RETURN = "CompletedWithoutReturn"
    CANCELLED = "Cancelled"


class ReasonForMessage(StrEnum):
    """Why a supplying agency writes (type_reasonForMessage)."""

    REQUEST_RESPONSE = "RequestResponse"
    STATUS_REQUEST_RESPONSE = "StatusRequestResponse"
    RENEW_RESPONSE = "RenewResponse"
    CANCEL_RESPONSE = "CancelResponse"
    STATUS_CHANGE = "StatusChange"
    NOTIFICATION = "Notification"


class ErrorType(StrEnum):
    """Why a message was not accepted (type_errorType)."""

    UNSUPPORTED_ACTION_TYPE = "UnsupportedActionType"
    UNSUPPORTED_REASON_FOR_MESSAGE_TYPE = "UnsupportedReasonForMessageType"
    UNRECOGNISED_DATA_ELEMENT = "UnrecognisedDataElement"
    UNRECOGNISED_DATA_VALUE = "UnrecognisedDataValue"
    BADLY_FORMED_MESSAGE = "BadlyFormedMessage"


class MessageStatus(StrEnum):
    """Whether a message was accepted (type_messageStatus)."""

    OK = "OK"
    ERROR = "ERROR"


class RequestType(StrEnum):
    """Whether a request is new, a new attempt, or a reminder of an old one (type_requestType)."""

    NEW = "New"
    RETRY = "Retry"
    REMINDER = "Reminder"


class RequestSubType(StrEnum):
    """What is special about a request (type_requestSubType)."""

    BOOKING_REQUEST = "BookingRequest"
    MULTIPLE_ITEM_REQUEST = "MultipleItemRequest"
    PATRON_REQUEST = "PatronRequest"
    TRANSFER_REQUEST = "TransferRequest"
    SUPPLYING_LIBRARYS_CHOICE = "SupplyingLibrarysChoice"


class ServiceType(StrEnum):
    """A copy to keep, a loan, or whichever the supplier can do (type_serviceType)."""

    COPY = "Copy"
    LOAN = "Loan"
    COPY_OR_LOAN = "CopyOrLoan"


class YesNo(StrEnum):
    """An answer (type_yesNo)."""

    Y = "Y"
    N = "N"


class PreferredEdition(StrEnum):
    """Which edition will do (type_preferredEdition, 2021-2 alone)."""

    MOST_RECENT_EDITION = "MostRecentEdition"
    THIS_EDITION = "ThisEdition"
    ANY_EDITION = "AnyEdition"


ClosedCode = (
    Action
    | Status
    | ReasonForMessage
    | ErrorType
    | MessageStatus
    | RequestType
    | RequestSubType
    | ServiceType
    | YesNo
    | PreferredEdition
)

_UNKNOWN_IN_1_2: Final[frozenset[ClosedCode]] = frozenset(
    {Action.HOLD_RETURN, Action.LOST, Status.HOLD_RETURN, Status.RELEASE_HOLD_RETURN, *PreferredEdition}
)


def known(code: ClosedCode, version: str) -> bool:
    """Whether that version of the schema enumerates this value (2021-2 knows every value of this module)."""
    # StrEnum members hash and compare as their text: Action.HOLD_RETURN and Status.HOLD_RETURN agree on purpose.
    return version == Version.V2021_2 or code not in _UNKNOWN_IN_1_2


class OpenCode(StrEnum):
    """The known values of an open list; each subclass is named after its list."""

    @classmethod
    def lookup(cls, text: str) -> Self | None:
        """The known value that equals this text without regard to case and outer blanks, or None."""
        wanted = text.strip().casefold()
        return next((member for member in cls if member.casefold() == wanted), None)

    @classmethod
    def scheme(cls, version: str) -> str:
        """The URI that names this list to a peer of that version."""
        name = _LIST_NAMES.get((cls.__name__, version), cls.__name__)
        edition = "V2.0" if version == Version.V2021_2 else "V1.0"
        return f"http://illtransactions.org/ISO18626/OpenCodeList/{name}List-{edition}"


# Lists whose published name differs from the class that holds them here, or from one version to the other.
_LIST_NAMES: Final[dict[tuple[str, str], str]] = {
    ("SentVia", "2021-2"): "DeliveryMethod",
    ("Format", "1.2"): "PreferredFormat",
    ("Format", "2021-2"): "ItemFormat",
}


class BibliographicItemIdCode(OpenCode):
    """Kinds of number that name a publication; DOI and PMID are met in the field though not listed."""

    ISBN = "ISBN"
    ISSN = "ISSN"
    ISMN = "ISMN"
    DOI = "DOI"
    PMID = "PMID"


class BibliographicRecordIdCode(OpenCode):
    """Whose catalogue a record number belongs to."""

    AMICUS = "AMICUS"
    BL = "BL"
    FAUST = "FAUST"
    JNB = "JNB"
    LA = "LA"
    LCCN = "LCCN"
    MEDLINE = "Medline"
    NCID = "NCID"
    OCLC = "OCLC"
    PID = "PID"
    PMID = "PMID"
    TP = "TP"


class ReasonUnfilled(OpenCode):
    """Why a supplier says no."""

    NON_CIRCULATING = "NonCirculating"
    NOT_AVAILABLE_FOR_ILL = "NotAvailableForILL"
    NOT_HELD = "NotHeld"
    NOT_ON_SHELF = "NotOnShelf"
    POLICY_PROBLEM = "PolicyProblem"
    POOR_CONDITION = "PoorCondition"


class ReasonRetry(OpenCode):
    """Why a supplier says: not like this, or not now. The last eight came with 2021."""

    AT_BINDERY = "AtBindery"
    COST_EXCEEDS_MAX_COST = "CostExceedsMaxCost"
    LOAN_POSSIBLE = "LoanPossible"
    NOT_CURRENT_AVAILABLE_FOR_ILL = "NotCurrentAvailableForILL"
    NOT_FOUND_AS_CITED = "NotFoundAsCited"
    ON_LOAN = "OnLoan"
    ON_ORDER = "OnOrder"
    REQ_DEL_DATE_NOT_POSSIBLE = "ReqDelDateNotPossible"
    REQ_DEL_METHOD_NOT_SUPP = "ReqDelMethodNotSupp"
    COURIER_NOT_SUPP = "CourierNotSupp"
    MULTI_VOL_AVAIL = "MultiVolAvail"
    MUST_MEET_LOAN_CONDITION = "MustMeetLoanCondition"
    REQ_EDITION_NOT_POSSIBLE = "ReqEditionNotPossible"
    REQ_FORMAT_NOT_POSSIBLE = "ReqFormatNotPossible"
    REQ_PAY_METHOD_NOT_SUPPORTED = "ReqPayMethodNotSupported"
    REQ_SERV_LEVEL_NOT_SUPP = "ReqServLevelNotSupp"
    REQ_SERV_TYPE_NOT_POSSIBLE = "ReqServTypeNotPossible"


class LoanCondition(OpenCode):
    """What a supplier asks of whoever uses its item."""

    LIBRARY_USE_ONLY = "LibraryUseOnly"
    NO_REPRODUCTION = "NoReproduction"
    SIGNATURE_REQUIRED = "SignatureRequired"
    SPEC_COLL_SUPERV_REQ = "SpecCollSupervReq"
    WATCH_LIBRARY_USE_ONLY = "WatchLibraryUseOnly"


class SentVia(OpenCode):
    """How an item travels (the element is called deliveryMethod in 2021-2)."""

    ARTICLE_EXCHANGE = "ArticleExchange"
    ARIEL = "Ariel"
    COURIER = "Courier"
    EMAIL = "Email"
    FTP = "FTP"
    MAIL = "Mail"
    ODYSSEY = "Odyssey"
    URL = "URL"


class ServiceLevel(OpenCode):
    """How fast a request is wanted."""

    EXPRESS = "Express"
    NORMAL = "Normal"
    RUSH = "Rush"
    SECONDARY_MAIL = "SecondaryMail"
    STANDARD = "Standard"
    URGENT = "Urgent"


class CopyrightCompliance(OpenCode):
    """Under which rule a copy is asked for; the Australian and New Zealand values pass through unlisted."""

    US_CCG = "US-CCG"
    US_CCL = "US-CCL"
    UK_FAIR_DEALING = "UK-FairDealing"
    UK_COPY_R_FEE_PAID = "UK-CopyRFeePaid"
    OTHER = "Other"


class ElectronicAddressType(OpenCode):
    """Kinds of electronic address."""

    EMAIL = "Email"
    FTP = "FTP"


class PublicationType(OpenCode):
    """What kind of thing is wanted."""

    ARCHIVE_MATERIAL = "ArchiveMaterial"
    ARTICLE = "Article"
    AUDIO_BOOK = "AudioBook"
    BOOK = "Book"
    CHAPTER = "Chapter"
    CONFERENCE_PROC = "ConferenceProc"
    GAME = "Game"
    GOVERNMENT_PUBL = "GovernmentPubl"
    IMAGE = "Image"
    JOURNAL = "Journal"
    MANUSCRIPT = "Manuscript"
    MAP = "Map"
    MOVIE = "Movie"
    MUSIC_RECORDING = "MusicRecording"
    MUSIC_SCORE = "MusicScore"
    NEWSPAPER = "Newspaper"
    PATENT = "Patent"
    REPORT = "Report"
    SOUND_RECORDING = "SoundRecording"
    THESIS = "Thesis"


class Format(OpenCode):
    """The form of an item (preferredFormat and deliveredFormat in 1.2, itemFormat in 2021-2)."""

    BLU_RAY = "Blu-ray"
    BRAILLE = "Braille"
    CASSETTE_TAPE = "CassetteTape"
    CD = "CD"
    CD_ROM = "CD-ROM"
    DAISY_ROM = "Daisy-ROM"
    DVD = "DVD"
    JPEG = "JPEG"
    LARGE_PRINT = "LargePrint"
    LP = "LP"
    MICROFORM = "Microform"
    MP3 = "MP3"
    MULTIMEDIA = "Multimedia"
    PAPER_COPY = "PaperCopy"
    PDF = "PDF"
    PRINTED = "Printed"
    TAPE = "Tape"
    TIFF = "TIFF"
    VHS = "VHS"
