"""Plans of areas: the newest, explained, asked for, and what one more mill would bring."""

from __future__ import annotations

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from kdmp_core import area_plans
from kdmp_core.area_plans import whatif, words
from kdmp_core.errors import NotFound
from kdmp_core.records import AreaAsk, AreaPlan
from webhooks.api import idempotency
from webhooks.api.shapes import (
    AreaAskIn,
    AreaAskOut,
    AreaExplanationOut,
    AreaPlanOut,
    AreaReasonOut,
    AreaWhatIfIn,
    AreaWhatIfOut,
)
from webhooks.context import by_staff, reach, staff

blueprint = APIBlueprint("api_areas", __name__, url_prefix="/v1", tag="Areas")


@blueprint.get("/areas/<area>/plan")
@blueprint.output(AreaPlanOut)
@blueprint.doc(summary="Read an area's plan", responses={404: "No plan yet, or outside the area"}, security="bearer")
def plan(area: str) -> AreaPlanOut:
    """Give the newest plan of an area: `32`, `32.03`, `pulau-2` or `nasional`."""
    with reach().store.read() as session:
        found = _plan(session, area)
        members = {name: getattr(found, name) for name in AreaPlanOut.model_fields if name != "area"}
        return AreaPlanOut(area=found.area_code, **members)


@blueprint.get("/areas/<area>/plan/explanations")
@blueprint.output(AreaExplanationOut)
@blueprint.doc(summary="Read an area's plan explained", responses={404: "No plan yet"}, security="bearer")
def explanations(area: str) -> AreaExplanationOut:
    """Give an area's plan in sentences: the finding, its proof, what is left and why, what the model cannot hold."""
    with reach().store.read() as session:
        found = _plan(session, area)
    left = zip(found.facts["reasons"], words.told_reasons(found), strict=True)
    return AreaExplanationOut(
        plan=found.id,
        baseline_rupiah_per_kg=found.baseline_rupiah_per_kg,
        finding=words.finding(found),
        proof=words.proof(found),
        left=[AreaReasonOut(**one, words=told) for one, told in left],
        new_mills=words.mills_wanted(found),
        notes=words.notes(found),
    )


@blueprint.get("/areas/<area>/request")
@blueprint.output(AreaAskOut)
@blueprint.doc(summary="Read what was asked last", responses={404: "Nothing was asked"}, security="bearer")
def request(area: str) -> AreaAskOut:
    """Give what was asked of an area last, how far it is, and its plan when it is made."""
    with reach().store.read() as session:
        found = area_plans.last_ask(session, area_plans.visible(staff(), area).code)
        if found is None:
            raise NotFound("area_plans.no_ask")
        return _asked(found)


@blueprint.post("/areas/<area>/plans")
@blueprint.input(AreaAskIn)
@blueprint.doc(summary="Ask for an area's plan", responses={200: "What is owed now"}, security="bearer")
@idempotency.once
def ask(area: str, json_data: AreaAskIn) -> AreaAskOut:
    """Owe the worker a plan of an area; what is owed already is given back."""
    parts = reach()
    with parts.store.write() as session:
        scope = area_plans.visible(staff(), area)
        area_plans.require(staff(), scope)
        given = json_data.baseline_rupiah_per_kg
        return _asked(area_plans.ask(session, scope, given, by_staff(), parts.now()))


@blueprint.post("/areas/<area>/plan/what-if")
@blueprint.input(AreaWhatIfIn)
@blueprint.output(AreaWhatIfOut)
@blueprint.doc(summary="Ask what one more mill would bring", responses={413: "Too large an area"}, security="bearer")
def what_if(area: str, json_data: AreaWhatIfIn) -> AreaWhatIfOut:
    """Solve the kept question of a regency or less with one more mill; nothing is kept."""
    with reach().store.read() as session:
        scope = area_plans.visible(staff(), area)
        area_plans.require(staff(), scope)
        found = whatif.new_mill(_plan(session, area), json_data.village, json_data.kg, json_data.fee_rupiah_per_kg)
        return AreaWhatIfOut.model_validate(found)


def _plan(session: Session, area: str) -> AreaPlan:
    found = area_plans.latest(session, area_plans.visible(staff(), area).code)
    if found is None:
        raise NotFound("area_plans.no_plan")
    return found


def _asked(found: AreaAsk) -> AreaAskOut:
    members = {name: getattr(found, name) for name in AreaAskOut.model_fields if name not in {"area", "state"}}
    return AreaAskOut(area=found.area_code, state=found.state.value, **members)
