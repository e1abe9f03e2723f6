"""What lenders call the outcome of a contact, in the words of `planner.domain.codes`."""

import functools
import re
from typing import Final

from planner.domain.codes import CODES, RESULTS, Channel
from planner.intake.values import narrow

KINDS: Final[dict[str, str]] = {
    word: kind
    for kind, words in {
        "call": "电话 通话 拨打 外呼 电催 致电 语音 call phone",
        "message": "短信 信息 消息 微信 邮件 信函 sms message text letter",
        "visit": "外访 上门 实地 走访 家访 到访 visit field fieldvisit",
        "promise": "承诺 承诺还款 ptp promise",
        "payment": "还款 入账 到账 回款 缴款 payment paid",
        "hold": "暂停 停催 冻结 暂停联系 hold pause",
    }.items()
    for word in words.split()
}


def _by_word(table: dict[str, str]) -> dict[str, str]:
    """{"code": "word word"} as {"word": "code"}."""
    return {word: code for code, words in table.items() for word in words.split()}


_CALL = _by_word(
    {
        "CALL-RPC": "本人接通 本人接听 接通本人 接通 已接通 有效联系 answered",
        "CALL-TPC": "第三人接通 第三方接通 他人接听 家人接听 非本人 thirdparty",
        "CALL-NA": "无人接听 未接 未接通 无应答 noanswer",
        "CALL-BUSY": "忙线 占线 通话中 busy",
        "CALL-OFF": "关机 无法接通 不在服务区 off",
        "CALL-REJ": "拒接 挂断 rejected",
        "CALL-INV": "空号 停机 错号 号码有误 invalid",
    }
)
_MESSAGE = _by_word(
    {
        "MSG-SENT": "已发送 发送成功 已送达 成功 sent delivered",
        "MSG-REPLY": "已回复 有回复 replied",
        "MSG-FAILED": "发送失败 失败 failed",
    }
) | {"": "MSG-SENT"}
_VISIT = _by_word(
    {
        "VIS-RPC": "见到本人 本人 见本人 面见本人 met",
        "VIS-TPC": "见到家人 见到他人 见到第三人 家人 仅家属在 familyonly",
        "VIS-NC": "无人 无人在家 家中无人 未遇 nobody nobodyhome",
        "VIS-ADR-BAD": "地址无效 地址错误 查无此址 查无此人 addresswrong",
        "VIS-MOVED": "已搬离 搬离 已搬走 moved",
        "VIS-REFUSE": "拒绝交谈 拒访 拒绝见面 refused",
        "VIS-ABORT-SAFE": "安全终止 不安全离开",
        "VIS-ABORT-VULN": "脆弱终止",
        "VIS-ABORT-MINOR": "未成年人在场",
    }
)
_RESULT = _by_word(
    {
        "OUT-PTP": "承诺还款 承诺 同意还款 ptp promise",
        "OUT-PAID": "已还款 当场还款 还款 paid",
        "OUT-PLAN": "协商还款 分期协商 达成分期 plan",
        "OUT-RTP": "拒绝还款 拒还 无还款意愿 refusetopay",
        "OUT-HARD": "困难 经济困难 无力还款 hardship",
        "OUT-DISP": "异议 争议 有异议 dispute",
        "OUT-CTP": "声称已还 称已还款 claimspaid",
        "OUT-CEASE": "拒绝联系 停止联系 要求停止联系 cease",
        "OUT-CMPL": "投诉 投诉倾向 complaint",
        "OUT-REP": "律师代理 委托律师 represented",
    }
)
_BY_CHANNEL = {Channel.CALL: _CALL, Channel.MESSAGE: _MESSAGE, Channel.VISIT: _VISIT}
_REACHED = {Channel.CALL: "CALL-RPC", Channel.MESSAGE: "MSG-REPLY", Channel.VISIT: "VIS-RPC"}
_PREFIX = {Channel.CALL: "CALL-", Channel.MESSAGE: "MSG-", Channel.VISIT: "VIS-"}
_PARTS = re.compile(r"[-—–/,，、;；+＋:：|()（）]+")
_CODES = {code: code for code in CODES}
_RESULTS = {code: code for code in RESULTS}


def kind_of(text: str) -> str:
    """Canonical kind ("call", "message", "visit", "promise", "payment", "hold"), "" = unknown."""
    word = narrow(text).casefold().replace(" ", "")
    return KINDS.get(word) or KINDS.get(re.sub(r"(联系|记录|登记)$", "", word), "")


@functools.lru_cache(maxsize=4096)
def contact_code(channel: Channel, text: str) -> tuple[str, str] | None:
    """(disposition code, result code or "") of a lender's words such as 本人接通-承诺还款.

    A code of ours is taken as it is. None when a word is not known: the row is then listed.
    """
    plain = narrow(text)
    if plain.upper() in _CODES:
        return (plain.upper(), "") if plain.upper().startswith(_PREFIX[channel]) else None
    code = result = ""
    for part in _PARTS.split(plain.casefold().replace(" ", "")):
        if part in _BY_CHANNEL[channel] and not code:
            code = _BY_CHANNEL[channel][part]
        elif result_code(part) and not result:
            result = result_code(part)
        elif part:
            return None
    if not code and result:
        code = _REACHED[channel]
    return (code, result) if code else None


def code_channel(text: str) -> Channel | None:
    """The channel that `text` names by itself: one of our codes, or a word only one channel has."""
    plain = narrow(text)
    for channel, prefix in _PREFIX.items():
        if plain.upper() in _CODES and plain.upper().startswith(prefix):
            return channel
    return None


def result_code(text: str) -> str:
    """The OUT- code of a lender's words, "" when unknown."""
    plain = narrow(text)
    return _RESULTS.get(plain.upper()) or _RESULT.get(plain.casefold().replace(" ", ""), "")
