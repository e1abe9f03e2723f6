"""Which headers mean which of our fields, in Chinese and English, the most telling first.

Headers are compared after `headers.plain`: half-width, lower case, without blanks and signs.
Only whole headers match, so that 联系人电话 (somebody else's phone) is never taken for 电话.
"""

from typing import Final

SLOTS: Final = ("home", "current", "work", "registered", "relative", "other")


def split_words(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Words parted by blanks, as tuples."""
    return {name: tuple(words.split()) for name, words in table.items()}


CASES: Final = split_words(
    {
        "name": (
            "客户姓名 借款人姓名 债务人姓名 借款人 债务人 姓名 客户名称 客户 户名 customername "
            "borrowername debtorname borrower debtor fullname name customer"
        ),
        "id_number": (
            "身份证号码 身份证号 身份证 证件号码 证件号 客户证件号 身份证件号码 idnumber idno "
            "idcard idcardno nationalid identitynumber"
        ),
        "id_type": "证件类型 证件种类 idtype",
        "phones": (
            "手机号码 手机号 手机 本人手机 本人电话 客户手机 移动电话 联系电话 电话号码 电话 "
            "备用电话 备用手机 mobile mobilephone mobileno cellphone phone phoneno phonenumber "
            "telephone tel secondphone"
        ),
        "contract_no": (
            "合同号 合同编号 合同号码 贷款合同号 借据号 借据编号 案件编号 案件号 贷款编号 "
            "订单号 contractno contractnumber contract loanno loannumber loanid caseno caseid "
            "accountno accountnumber"
        ),
        "lender": (
            "委案方 委托方 委托机构 贷款机构 放款机构 资金方 机构名称 机构 银行 lender creditor "
            "client"
        ),
        "product": "产品名称 贷款产品 产品类型 产品 业务类型 product productname",
        "amount": (
            "逾期总金额 逾期总额 逾期金额 当前逾期金额 逾期本息 应还总额 应还金额 欠款总额 "
            "欠款金额 总欠款 委案金额 剩余欠款 amountoverdue overdueamount amountdue totaldue "
            "outstanding outstandingamount balance"
        ),
        "since": (
            "逾期开始日 逾期开始日期 逾期起始日 逾期起始日期 首次逾期日 首次逾期日期 逾期日期 "
            "逾期日 最早应还款日 应还款日 应还款日期 应还日期 overduesince overduedate duedate "
            "firstoverduedate"
        ),
        "dpd": "逾期天数 当前逾期天数 最大逾期天数 dpd dayspastdue daysoverdue overduedays",
        "as_of": "数据日期 取数日期 统计日期 截止日期 数据截止日 asof asofdate datadate",
        "status": "案件状态 状态 贷款状态 status casestatus loanstatus",
        "limitation": "诉讼时效到期日 诉讼时效 时效到期日 时效届满日 limitationdate",
        "datum": "坐标系 坐标系统 datum crs",
        "tags": "标签 客户标签 标记 特殊标记 特殊情况 tags flags labels",
        "needs": "到访要求 外访要求 人员要求 需要技能 需要语言 needs visitneeds requires",
    }
)

# Columns that say yes or no about the person: a Flag's or a HoldKind's name.
MARKS: Final = split_words(
    {
        "DECEASED": "已故 身故 死亡 去世 deceased",
        "MINOR": "未成年 未成年人 minor",
        "INSOLVENCY": "破产 个人破产 司法阶段 诉讼中 insolvency bankrupt",
        "DO_NOT_VISIT": "勿访 禁访 免访 不可外访 禁止外访 donotvisit novisit",
        "HARDSHIP": "困难 困难客户 生活困难 经济困难 hardship",
        "REPRESENTED": "律师代理 委托律师 represented",
        "CEASE": "停止联系 拒绝联系 勿扰 cease ceasecontact",
        "MOVING_SOON": "即将搬离 拟搬迁 将搬家 movingsoon",
        "WATCH": "重点关注 关注 watch",
        "VULNERABLE": "弱势 弱势群体 特殊人群 vulnerable",
        "DISPUTE": "异议 争议 异议中 dispute disputed",
        "COMPLAINT": "投诉 投诉中 complaint",
        "PLAN": "分期中 个性化分期 还款计划 协商还款 plan onplan",
        "ILLNESS": "重病 患病 住院 illness",
        "SENSITIVE": "敏感期 敏感 sensitive",
    }
)

# How a place's columns begin, and how its text column may be called.
SLOT_NAMES: Final = split_words(
    {
        "home": "家庭 家庭地址 家庭住址 住址 home homeaddress",
        "current": "现居 现居地址 现居住地址 现住址 居住地址 常住地址 current currentaddress",
        "work": (
            "单位 单位地址 工作地址 公司地址 工作单位地址 公司 work workaddress officeaddress "
            "employeraddress"
        ),
        "registered": "户籍 户籍地址 户籍所在地 户口地址 身份证地址 registered registeredaddress",
        "relative": "亲属 亲属地址 父母地址 父母 relative relativeaddress",
        "other": "其他 其他地址 other otheraddress",
    }
)
SLOT_TEXT: Final = split_words(
    {
        "home": "家庭住址 家庭地址 住址 详细地址 联系地址 地址 homeaddress address",
        "current": "现居地址 现居住地址 现住址 居住地址 常住地址 currentaddress residence",
        "work": "单位地址 工作单位地址 工作地址 公司地址 workaddress officeaddress employeraddress",
        "registered": "户籍地址 户籍所在地 户口地址 身份证地址 registeredaddress",
        "relative": "亲属地址 父母地址 relativeaddress",
        "other": "其他地址 otheraddress",
    }
)
SLOT_PARTS: Final = split_words(
    {
        "lon": "经度 longitude lon lng",
        "lat": "纬度 latitude lat",
        "grade": "坐标精度 精度 定位精度 定位级别 grade accuracy",
        "region": "城乡类型 城乡 区域类型 region regiontype",
        "township": "乡镇 所在乡镇 街道 乡镇街道 township",
        "county": "区县 所在区县 县区 county district",
    }
)

HISTORY: Final = split_words(
    {
        "at": (
            "时间 联系时间 跟进时间 拨打时间 通话时间 外访时间 发生时间 还款时间 开始时间 "
            "日期时间 日期 联系日期 datetime time timestamp at date"
        ),
        "kind": "类型 联系方式 联系类型 跟进方式 跟进类型 记录类型 方式 type kind channel",
        "result": (
            "结果 联系结果 跟进结果 通话结果 外访结果 催收结果 结果代码 result code disposition"
        ),
        "outcome": "沟通结果 协商结果 处理结果 本人意愿 outcome",
        "contract_no": (
            "合同号 合同编号 合同号码 贷款合同号 借据号 借据编号 案件编号 案件号 贷款编号 "
            "订单号 contractno contractnumber contract loanno loannumber loanid caseno caseid "
            "accountno accountnumber"
        ),
        "lender": (
            "委案方 委托方 委托机构 贷款机构 放款机构 资金方 机构名称 机构 银行 lender creditor "
            "client"
        ),
        "id_number": (
            "身份证号码 身份证号 身份证 证件号码 证件号 客户证件号 身份证件号码 idnumber idno "
            "idcard idcardno nationalid identitynumber"
        ),
        "id_type": "证件类型 证件种类 idtype",
        "name": (
            "客户姓名 借款人姓名 债务人姓名 借款人 债务人 姓名 客户名称 客户 户名 customername "
            "borrowername debtorname borrower debtor fullname name customer"
        ),
        "phone": (
            "联系号码 拨打号码 被叫号码 手机号码 手机号 手机 本人手机 本人电话 客户手机 "
            "移动电话 联系电话 电话号码 电话 备用电话 备用手机 mobile mobilephone mobileno "
            "cellphone phone phoneno phonenumber telephone tel secondphone"
        ),
        "amount": "金额 还款金额 承诺金额 到账金额 amount paid amountpaid promisedamount",
        "due": (
            "承诺日期 承诺还款日 承诺还款日期 到期日 截止日期 promisedate due duedate promiseddate"
        ),
        "by": "经办人 外访员 催收员 操作员 跟进人 坐席 agent collector by staff",
        "leave": "离开时间 结束时间 leave end endtime",
        "source_id": "流水号 记录编号 序列号 流水编号 sourceid recordid serialno reference",
        "address": "外访地址 地址 address",
        "note": "备注 说明 跟进内容 note notes remark remarks",
    }
)

CREWS: Final = split_words(
    {
        "crew": "小组 组别 外访组 组名 班组 crew crewname team",
        "crew_id": "小组编号 组编号 组号 crewid teamid",
        "member": "姓名 外访员 员工姓名 成员 collector member name collectorname",
        "member_id": "工号 员工编号 员工号 collectorid memberid staffid employeeid",
        "lon": "出发地经度 出发经度 起点经度 家庭经度 经度 longitude lon lng startlon",
        "lat": "出发地纬度 出发纬度 起点纬度 家庭纬度 纬度 latitude lat startlat",
        "start": "上班时间 开始时间 上班 班次开始 start starttime shiftstart",
        "end": "下班时间 结束时间 下班 班次结束 end endtime shiftend",
        "weekdays": "工作日 出勤日 上班日 weekdays workdays days",
        "mode": "交通方式 出行方式 交通工具 transport transportmode mode travelby",
        "km_price": "每公里费用 每公里成本 公里单价 里程单价 pricekm kmprice costperkm kmcost",
        "wage": "每小时工资 小时工资 时薪 小时人工 wage hourlywage wageperhour wagehour",
        "skills": "技能 语言 技能语言 能力标签 特长 方言 skills skill languages language",
        "breaks": "休息 休息时间 午休 午休时间 break breaks lunch lunchbreak",
        "max_shift": "最长班次 最长工作时间 最长工时 longestshift maxshift maxhours",
        "max_driving": "最长驾驶 最长驾驶时间 最长在途 longestdriving maxdriving",
        "overtime": "加班费 加班单价 每小时加班费 overtime overtimeperhour overtimeprice",
        "day_cost": "出车费 出勤费 每日固定费用 固定费用 每天固定成本 daycost fixedcost costperday",
        "datum": "坐标系 坐标系统 datum crs",
    }
)

# Each kind needs at least one field of every group.
REQUIRED: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "cases": (("name",), ("contract_no",), ("amount",), ("since", "dpd")),
    "history": (("at",), ("kind", "result"), ("contract_no", "id_number", "phone")),
    "crews": (("crew",), ("member",), ("lon",), ("lat",)),
}
MANY: Final = frozenset({"phones"})  # fields that several columns may fill
# The column that an export of faulty rows adds: it is not read, and such a file is a part of one.
ADVICE: Final = "advice"
_ADVICE: Final = split_words({ADVICE: "处理说明 whattodo"})


def case_fields() -> dict[str, tuple[str, ...]]:
    """All fields of a case file with their headers: "work.lat" is the latitude at work."""
    fields = dict(CASES)
    fields |= {f"mark.{name}": headers for name, headers in MARKS.items()}
    for slot in SLOTS:
        fields[f"{slot}.text"] = SLOT_TEXT[slot]
        for part, endings in SLOT_PARTS.items():
            fields[f"{slot}.{part}"] = tuple(
                name + ending for name in SLOT_NAMES[slot] for ending in endings
            )
    for part, endings in SLOT_PARTS.items():
        fields[f"place.{part}"] = endings
    return fields


TABLES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "cases": case_fields() | _ADVICE,
    "history": HISTORY | _ADVICE,
    "crews": CREWS | _ADVICE,
}
