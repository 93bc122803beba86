"""The ribbon lint: each mistake Excel would keep quiet about is named, with the element that has it."""

from __future__ import annotations

import pytest

from perfeval_xl.addin.macro_package import Ribbon
from perfeval_xl.addin.ribbon import NAMESPACES, callbacks, known_images, lint_ribbon
from perfeval_xl.addin.vba_project import Module

SOURCE = """Option Explicit
Private ui As Object ' Public Sub InAComment(control)

Public Sub Loaded(ribbon As IRibbonUI)
    Debug.Print "Public Sub InAString(control As Object)"
End Sub
Sub Score(ByVal control As Object)
End Sub
Public Sub Marks(control As Office.IRibbonControl, _
                 pressed As Boolean)
End Sub
Public Sub Picked(control As IRibbonControl, id As String, index As Integer)
End Sub
Public Sub Named(control As IRibbonControl, ByRef returnedVal)
End Sub
Public Sub Counted(control As IRibbonControl, ByRef returnedVal As Variant)
End Sub
Public Sub Item(control As IRibbonControl, index As Integer, ByRef returnedVal)
End Sub
Public Sub Typed(control As IRibbonControl, text As String)
End Sub
Public Sub ByValue(control As IRibbonControl, ByVal returnedVal)
End Sub
Private Sub Hidden(control As IRibbonControl)
End Sub
Public Function Asked(control As IRibbonControl) As Boolean
End Function
Public Sub Twice(control As Object)
End Sub
"""
MODULES = [
    Module("Buttons", "module", SOURCE),
    Module("Others", "module", "Public Sub Twice(control As Object)\nEnd Sub\n"),
    Module("ThisWorkbook", "workbook", "Public Sub InTheBook(control As Object)\nEnd Sub\n"),
]
SOUND = """
<button id="score" label="评分" imageMso="CalculateNow" onAction="Score"/>
<toggleButton id="marks" getLabel="Named" imageMso="Help" onAction="marks"/>
<checkBox id="all" label="全部" onAction="Marks"/>
<dropDown id="profile" label="地区" onAction="Picked" getItemCount="Counted" getItemLabel="Item"/>
<gallery id="pick" label="选" onAction="Picked"><item id="one" label="一"/></gallery>
<editBox id="year" label="年度" onChange="Typed" getText="Named"/>
<splitButton id="split"><button id="main" label="新建" onAction="Score"/><menu id="more"/></splitButton>
<button idMso="FileSave"/><separator id="line"/>
"""


def part(controls: str, name: str = "customUI14.xml", extra: str = "") -> bytes:
    return (
        f'<customUI xmlns="{NAMESPACES[name]}" onLoad="Loaded" {extra}><ribbon><tabs>'
        f'<tab id="tab" label="绩效自评"><group id="group" label="评分">{controls}</group></tab>'
        "</tabs></ribbon></customUI>"
    ).encode()


def ribbon(controls: str) -> Ribbon:
    return Ribbon(part(SOUND, "customUI.xml"), part(controls))


def test_a_sound_ribbon_has_no_problem() -> None:
    assert lint_ribbon(ribbon(SOUND), MODULES) == []


@pytest.mark.parametrize(
    ("controls", "problem"),
    [
        ('<button id="a" label="a" onAction="Gone"/>', "button a: onAction Gone: no such Sub in the modules"),
        (
            '<button id="a" label="a" onAction="InAComment"/>',
            "button a: onAction InAComment: no such Sub in the modules",
        ),
        ('<button id="a" label="a" onAction="InAString"/>', "button a: onAction InAString: no such Sub in the modules"),
        (
            '<button id="a" label="a" onAction="Hidden"/>',
            "button a: onAction Hidden: is no Public Sub of a standard module (found in Buttons)",
        ),
        (
            '<button id="a" label="a" onAction="Asked"/>',
            "button a: onAction Asked: is no Public Sub of a standard module (found in Buttons)",
        ),
        (
            '<button id="a" label="a" onAction="InTheBook"/>',
            "button a: onAction InTheBook: is no Public Sub of a standard module (found in ThisWorkbook)",
        ),
        (
            '<button id="a" label="a" onAction="Twice"/>',
            "button a: onAction Twice: stands in more than one module: Buttons, Others",
        ),
        (
            '<button id="a" label="a" onAction="Marks"/>',
            "button a: onAction Marks: must have the parameters (control As IRibbonControl)",
        ),
        (
            '<toggleButton id="a" label="a" onAction="Score"/>',
            "toggleButton a: onAction Score: must have the parameters (control As IRibbonControl, pressed As Boolean)",
        ),
        (
            '<gallery id="a" label="a" onAction="Score"/>',
            "gallery a: onAction Score: must have the parameters "
            "(control As IRibbonControl, text As String, index As Integer)",
        ),
        (
            '<button id="a" getLabel="Typed"/>',
            "button a: getLabel Typed: must have the parameters (control As IRibbonControl, ByRef returnedVal)",
        ),
        (
            '<button id="a" getLabel="ByValue"/>',
            "button a: getLabel ByValue: must have the parameters (control As IRibbonControl, ByRef returnedVal)",
        ),
        (
            '<dropDown id="a" label="a" getItemLabel="Named"/>',
            "dropDown a: getItemLabel Named: must have the parameters "
            "(control As IRibbonControl, index As Integer, ByRef returnedVal)",
        ),
        ('<button id="a" onAction="Score"/>', "button a: no label"),
        ('<button id="a" label=" " onAction="Score"/>', "button a: no label"),
        ('<menu id="a"/>', "menu a: no label"),
        (
            '<button id="a" label="a" imageMso="NoSuchIcon" onAction="Score"/>',
            "button a: imageMso NoSuchIcon is not on the list of known icons",
        ),
        (
            '<button id="a" label="a" image="logo" onAction="Score"/>',
            "button a: image logo: no pictures are put into the package; use imageMso",
        ),
        ('<button id="tab" label="a" onAction="Score"/>', "button tab: the id is used twice"),
    ],
)
def test_one_mistake_is_one_problem(controls: str, problem: str) -> None:
    assert lint_ribbon(ribbon(controls), MODULES) == [f"customUI14.xml: {problem}"]


def test_a_part_that_is_no_xml_is_named_and_the_other_is_still_read() -> None:
    broken = Ribbon(b"<customUI>", part('<button id="a" onAction="Score"/>'))
    first, second = lint_ribbon(broken, MODULES)
    assert first.startswith("customUI.xml: not well-formed: ")
    assert second == "customUI14.xml: button a: no label"


def test_parts_exchanged_are_noticed() -> None:
    exchanged = Ribbon(part(SOUND), part(SOUND, "customUI.xml"))
    problems = lint_ribbon(exchanged, MODULES)
    assert [problem.split(":")[0] for problem in problems] == ["customUI.xml", "customUI14.xml"]
    assert all("the root is" in problem for problem in problems)


def test_the_callbacks_of_the_root_are_checked_too() -> None:
    (problem,) = lint_ribbon(Ribbon(part("", "customUI.xml"), part("", extra='loadImage="Score"')), MODULES)
    assert (
        problem
        == "customUI14.xml: customUI: loadImage Score: must have the parameters (text As String, ByRef returnedVal)"
    )


def test_callbacks_are_listed_once_for_whoever_runs_them_all() -> None:
    assert callbacks(ribbon(SOUND)) == [
        *("Loaded", "Score", "Named", "marks", "Picked", "Counted", "Item", "Typed"),
    ]


def test_the_list_of_icons_is_a_list_of_names() -> None:
    assert len(known_images()) >= 30
    assert all(name.isalnum() for name in known_images())
