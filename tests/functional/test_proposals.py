"""What graders propose: asked when it changes, shown, and made a score by a person only."""

import secrets
from decimal import Decimal
from typing import Annotated, ClassVar

import pytest
from exam_builder import boot
from korrigo_grading.graders import CATEGORY
from korrigo_grading.interfaces import IGrader, ScoreProposal
from korrigo_grading.services import Proposals, SchemeMoved, Schemes
from pydantic import Field
from zope.interface import implementer

from korrigo.api import DecimalText, Exam, Form, table


class Expected(Form):
    value: Annotated[Decimal, DecimalText, Field(title="Expected value", description="Comma or point.")]
    strict: Annotated[bool, Field(title="Units count")] = True


@implementer(IGrader)
class Typed:
    """Full points for the expected answer."""

    name, title, reads, form = "typed", "Typed answer", ("typed",), Expected

    def propose(self, answer, question, config):
        if not answer.typed:
            return None
        if answer.typed == "boom":
            raise ZeroDivisionError
        right = Decimal(answer.typed.replace(",", ".")) == config.value
        mark = {"k": "stamp", "page": 0, "x": 500, "y": 700, "t": "✓" if right else "✗"}
        return ScoreProposal(question.points if right else Decimal(0), 0.97, "The value is compared.", (mark,))


@implementer(IGrader)
class Looker:
    """Looks at every page."""

    name, title, reads, form = "looker", "Looks", ("pages",), None
    seen: ClassVar[list[bytes]] = []

    def propose(self, answer, question, config):
        self.seen.extend(page.picture(50) for page in answer.pages)
        return ScoreProposal(Decimal(1), 0.5, "Looked at.")


@pytest.fixture
def graders(registry):
    known = table(registry, CATEGORY)
    for grader in (Typed(), Looker()):
        known[grader.name] = grader


@pytest.fixture
def made(sign_in, built, graders):
    return built(copies=2, graders=(sign_in("gil", "teacher"),))


def choose(scope, made, label: str, grader: str, config=None) -> str:
    """Have a grader propose for a question; the question's id."""
    with scope() as request:
        request.find_service(Schemes).change_question(
            request.db.get(Exam, made.exam), made.leaves[label], grader=grader, config=config or {})
    return made.leaves[label]


def write(browser, copy: str, target: str, value, base: int = 0) -> dict:
    op = {"id": secrets.token_hex(12), "target": target, "value": value, "base": base}
    answer = browser.send(f"/grading/copies/{copy}/ops", {"ops": [op]}).json
    assert [result["status"] for result in answer["results"]] == ["ok"]
    return answer


def document(browser, copy: str) -> dict:
    return browser.get(f"/grading/copies/{copy}").json


def test_a_typed_answer_is_compared_at_once_and_gives_no_score_by_itself(made, browser, scope, sign_in):
    question = choose(scope, made, "1a", "typed", {"value": "3.14"})
    shown = boot(browser.get(f"/grading/exams/{made.exam}/grade"))["questions"]
    assert [each["label"] for each in shown if each["typed"]] == ["1a"]
    answered = write(browser, made.copies[0], f"answer:{question}", "3,14")
    proposal = answered["proposals"][question]
    assert (proposal["points"], proposal["confidence"], proposal["reason"]) == (4.0, 0.97, "The value is compared.")
    found = document(browser, made.copies[0])
    assert found["proposals"] == {question: proposal}
    assert f"score:{question}" not in found["targets"]
    rev = found["targets"][f"answer:{question}"]["rev"]
    assert write(browser, made.copies[0], f"answer:{question}", None, rev)["proposals"] == {question: None}
    assert document(browser, made.copies[0])["proposals"] == {}


def test_a_grader_that_raises_says_so_beside_its_question_and_the_edit_is_kept(made, browser, scope, caplog):
    question = choose(scope, made, "1a", "typed", {"value": "1"})
    answered = write(browser, made.copies[0], f"answer:{question}", "boom")
    assert answered["proposals"][question]["points"] is None
    assert "Typed answer" in answered["proposals"][question]["reason"]
    assert document(browser, made.copies[0])["targets"][f"answer:{question}"]["value"] == "boom"
    assert "the grader typed" in caplog.text


class More(Expected):
    unit: str


def test_a_grader_whose_settings_or_whose_plugin_have_changed_says_what_is_missing(
        made, browser, scope, registry, monkeypatch):
    first, second = choose(scope, made, "1a", "typed", {"value": "1"}), choose(scope, made, "1b", "looker")
    monkeypatch.setattr(Typed, "form", More)
    del table(registry, CATEGORY)["looker"]
    with scope() as request:
        request.find_service(Proposals).queue(request.db.get(Exam, made.exam), "again")
    found = document(browser, made.copies[0])["proposals"]
    assert "unit" in found[first]["reason"]
    assert "looker" in found[second]["reason"]
    assert {found[key]["points"] for key in (first, second)} == {None}


def test_graders_that_look_at_pages_are_asked_in_the_background_and_are_given_pictures(made, browser, scope):
    Looker.seen.clear()
    question = choose(scope, made, "2", "looker")
    assert [document(browser, copy)["proposals"][question]["points"] for copy in made.copies] == [1.0, 1.0]
    assert len(Looker.seen) == 8
    assert all(picture.startswith(b"\x89PNG") for picture in Looker.seen)
    choose(scope, made, "2", "manual")
    with scope() as request:
        request.find_service(Proposals).queue(request.db.get(Exam, made.exam), "nothing to ask")
    assert document(browser, made.copies[0])["proposals"][question]["points"] == 1.0


def test_proposals_are_accepted_together_only_when_the_exam_says_from_which_confidence(
        made, browser, scope, sign_in):
    question = choose(scope, made, "1a", "typed", {"value": "2"})
    for copy, value in zip(made.copies, ("2", "3"), strict=True):
        write(browser, copy, f"answer:{question}", value)
    browser.app.post(f"/grading/exams/{made.exam}/proposals/accept", headers=browser.token, status=403)
    sign_in("ada", "admin")
    url = f"/grading/exams/{made.exam}/proposals"
    browser.post(f"{url}/accept", status=302)
    assert f"score:{question}" not in document(browser, made.copies[0])["targets"]
    browser.post(f"{url}/confidence", {"confidence": "0.99"}, status=302)
    browser.post(f"{url}/accept", status=302)
    assert f"score:{question}" not in document(browser, made.copies[0])["targets"]
    browser.post(f"{url}/confidence", {"confidence": "0.95"}, status=302)
    browser.app.post(f"{url}/confidence", {"confidence": "2"}, headers=browser.token, status=400)
    browser.post(f"{url}/accept", status=302)
    targets = [document(browser, copy)["targets"] for copy in made.copies]
    assert [found[f"score:{question}"]["value"] for found in targets] == [4.0, 0.0]
    assert {found[f"score:{question}"]["by"] for found in targets} == {"Ada"}
    marks = [[target["value"]["t"] for key, target in found.items() if key.startswith("annot:")] for found in targets]
    assert marks == [["✓"], ["✗"]]
    assert not any(target["value"] for found in targets for key, target in found.items() if key == "done")


def test_a_score_that_somebody_gave_is_never_replaced_by_a_proposal(made, browser, scope, sign_in):
    question = choose(scope, made, "1a", "typed", {"value": "2"})
    write(browser, made.copies[0], f"answer:{question}", "2")
    write(browser, made.copies[0], f"score:{question}", 1.5)
    sign_in("ada", "admin")
    browser.post(f"/grading/exams/{made.exam}/proposals/confidence", {"confidence": "0.9"}, status=302)
    browser.post(f"/grading/exams/{made.exam}/proposals/accept", status=302)
    assert document(browser, made.copies[0])["targets"][f"score:{question}"]["value"] == 1.5


def test_a_grader_is_chosen_and_set_up_on_the_page_of_its_question(made, browser, scope, sign_in):
    sign_in("ada", "admin")
    url = f"/grading/exams/{made.exam}/scheme/questions/{made.leaves['1a']}"
    assert url in browser.get(f"/grading/exams/{made.exam}/scheme").text
    form = browser.get(f"{url}?grader=typed")
    assert all(words in form.text for words in ("Expected value", "Comma or point.", "Units count", "config.value"))
    sent = {"label": "1a", "title": "Derivative", "points": "4", "step": "0,5", "grader": "typed"}
    refused = browser.app.post(url, sent, headers=browser.token, status=422)
    assert "Expected value" in refused.text
    refused = browser.app.post(url, {**sent, "config.value": "3", "points": "4,1"}, headers=browser.token, status=422)
    assert "config.value" in refused.text
    browser.post(url, {**sent, "config.value": "3,5"}, status=302)
    with scope() as request:
        question = request.find_service(Schemes).leaves(request.db.get(Exam, made.exam))[made.leaves["1a"]]
    assert (question.grader, question.config) == ("typed", {"value": "3.5", "strict": False})
    assert (question.points, question.step) == (4, Decimal("0.5"))
    browser.app.get(url.replace(made.leaves["1a"], "f" * 32), status=404)


def test_a_scheme_from_a_file_is_refused_when_a_grader_is_not_here_or_does_not_take_its_settings(
        made, browser, scope, sign_in):
    sign_in("ada", "admin")
    here = f"/grading/exams/{made.exam}/scheme"

    def send(grader: str, config: str, status: int):
        lines = f"depth;label;title;points;grader;config\n0;1a;One;20;{grader};{config}\n"
        return browser.app.post(here, headers=browser.token, status=status,
                                upload_files=[("file", "scheme.csv", lines.encode())])

    assert "no grader is called departed here" in send("departed", "", 422).text
    assert "Question 1a: value: This is missing." in send("typed", "", 422).text
    send("typed", '"{""value"": ""3,5""}"', 302)
    with scope() as request:
        schemes, exam = request.find_service(Schemes), request.db.get(Exam, made.exam)
        [question] = schemes.leaves(exam).values()
        assert question.config == {"value": "3.5", "strict": True}
        with pytest.raises(SchemeMoved) as moved:
            schemes.set(exam, schemes.get(exam), replaces=1)
        assert moved.value.version == schemes.version(exam) == 2
