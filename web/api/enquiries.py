"""The API's counter for what is only read: the law, worklists, entries, letters."""

from __future__ import annotations

from registry.desks import enquiries
from registry.law.lifecycle import Role
from registry.registrar import Registrar
from registry.words import Text
from schemas import enquiries as shapes
from schemas import law
from schemas.dossiers import dossier_schema
from schemas.statistics import StatisticsQuery, StatisticsView, WorkloadQuery, WorkloadView
from web import limits
from web.api.operation import ANYONE, SIGNED_IN, Desk, Found, open_to

desk = Desk("enquiries", Text("法规与查询", "The law and enquiries"))


@desk.reads("/statistics", Text("统计", "Statistics"),
            Text("公开证书按办法、类别、地区、年份、近月、等级、当前效力和到期年份计数；名称来自法规文件。",
                 "Certificates counted by regulation, class, place, year, recent month, grade, standing and the year of their end; called as the files do."),
            takes=StatisticsQuery, gives=StatisticsView, limit=limits.searching)  # fmt: skip
@open_to(ANYONE)
def count_certificates(r: Registrar, given: Found) -> Found:
    return enquiries.count_certificates(r, given["regulation"])


@desk.reads("/workload", Text("办理统计", "The work of an office"),
            Text("本机关的申请按月、地区、类别计数；各环节用时对照时限（中位数、最长、按期率），按期限本身的算法计日；不予认定的事由。",
                 "The applications of the caller's office by month, place and class; what each stage took against its term (median, longest, "
                 "share within it), counted as the term is; the grounds of refusals."),
            takes=WorkloadQuery, gives=WorkloadView, limit=limits.searching)  # fmt: skip
@open_to(Role.BUREAU, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR)
def count_work(r: Registrar, given: Found) -> Found:
    return enquiries.count_work(r, given["regulation"], given["year"])


@desk.reads("/regulations", Text("管理办法", "Regulations"), gives=law.RegulationPage)
@open_to(ANYONE)
def list_regulations(r: Registrar, given: Found) -> Found:
    return {"items": enquiries.list_regulations(r), "next": None}


@desk.reads(
    "/regulations/<id>", Text("管理办法全文数据", "One regulation"),
    Text("环节、期限、材料、评分表、依据；每一项都注明条款和性质（article 条文、instruction 指示、precedent 先例、assumption 假定）。",
         "Stages, periods, dossier, sheet, grounds; each with its article and basis (article, instruction, precedent, "
         "assumption)."),
    gives=law.RegulationView,
)  # fmt: skip
@open_to(ANYONE)
def show_regulation(r: Registrar, given: Found, id: str) -> Found:
    return enquiries.show_regulation(r, id)


@desk.reads(
    "/regulations/<id>/dossier-schema", Text("申报书的 JSON Schema", "The dossier's JSON Schema"),
    Text("按该办法生成；草稿不受其限制，提交时须符合。", "Made from the regulation; a draft need not fit it, what is handed in must."),
    gives=law.DossierSchemaView,
)  # fmt: skip
@open_to(ANYONE)
def show_dossier_schema(r: Registrar, given: Found, id: str) -> Found:
    found = r.law.regulation(id)
    return dossier_schema(found, r.law.taxonomy_of(found))


@desk.reads("/taxonomies/<id>", Text("产品目录", "A product tree"), gives=law.TaxonomyView)
@open_to(ANYONE)
def show_taxonomy(r: Registrar, given: Found, id: str) -> Found:
    return enquiries.show_taxonomy(r, id)


@desk.reads("/prefectures", Text("地区及其主管部门", "Regions and their bureaus"), gives=law.PrefecturePage)
@open_to(ANYONE)
def list_prefectures(r: Registrar, given: Found) -> Found:
    return {"items": enquiries.list_prefectures(r), "next": None}


@desk.reads(
    "/worklist", Text("待办事项", "What waits for me"),
    Text("view：全部、我承办的、无人认领、补正后返回、已超期；q 在队列中查找。补正后返回的排在最前，并列出当时的要求。",
         "view: all, mine, unclaimed, resubmitted, overdue; q looks within the queue. What came back from a supplement stands "
         "first, with what was asked."),
    takes=shapes.WorkQuery, gives=shapes.WorkPage,
)  # fmt: skip
@open_to(SIGNED_IN)
def worklist(r: Registrar, given: Found) -> Found:
    return {"items": enquiries.worklist(r, **given), "next": None}


@desk.reads("/entries", Text("登记簿", "The ledger"), takes=shapes.EntryQuery, gives=shapes.EntryPage)
@open_to(Role.AUDITOR, Role.ADMINISTRATOR, Role.SECURITY)
def search_entries(r: Registrar, given: Found) -> Found:
    return enquiries.search_entries(r, **given)


@desk.reads("/letters", Text("信件", "Letters"),
            Text("系统管理员看到全部，其他人看到写给自己的。", "An administrator sees all, others see their own."),
            takes=shapes.LetterQuery, gives=shapes.LetterPage)  # fmt: skip
@open_to(SIGNED_IN)
def search_letters(r: Registrar, given: Found) -> Found:
    return enquiries.search_letters(r, **given)
