Option Explicit
Option Compare Binary
Option Private Module
' Findings while they are gathered: their sentences, their cells, their order.

' No sheet has so many rows.
Private Const BEHIND_ALL_CELLS As Long = 1048577

Private mForm As PerfForm
Private mFound As Collection

Public Sub StartFindings(ByVal form As PerfForm)
    Set mForm = form
    Set mFound = New Collection
End Sub

Public Function FoundSoFar() As Collection
    Set FoundSoFar = mFound
End Function

' Adds the finding of that name; Nothing where the region switched it off.
Public Function AddFinding(ByVal title As String, ByVal field As String, ByVal variantName As String, _
    ByVal found As String, ByVal expected As String) As PerfFinding
    Dim made As PerfFinding, known As Variant
    known = Split(Words("findings").Meaning(title), ",")
    Set made = New PerfFinding
    made.Code = known(0)
    made.Severity = SeverityOf(title, made.Code, CStr(known(1)))
    If made.Severity = "off" Then Exit Function
    made.Title = title
    made.Field = field
    made.Address = mForm.PlaceOf(field)
    made.Found = found
    made.Expected = expected
    made.Message = Sentence("findings." & title & ".message" & variantName)
    made.Advice = Sentence("findings." & title & ".advice")
    made.FillIn "where", WhereOf(field, made.Address)
    made.FillIn "found", IIf(Len(found) > 0, found, Sentence("findings.where.blank"))
    made.FillIn "expected", IIf(Len(expected) > 0, expected, Sentence("findings.where.undecided"))
    InsertByCell made
    Set AddFinding = made
End Function

Private Function SeverityOf(ByVal title As String, ByVal code As String, ByVal usual As String) As String
    Dim list As Variant, index As Long, parts As Variant
    SeverityOf = usual
    list = mForm.Profile.Items("severities")
    For index = LBound(list) To UBound(list)
        parts = Split(list(index), ",")
        If parts(0) = title Or parts(0) = code Then SeverityOf = parts(1)
    Next index
End Function

Private Sub InsertByCell(ByVal made As PerfFinding)
    Dim cell As Object, other As PerfFinding, index As Long
    If Len(made.Address) > 0 Then
        Set cell = mForm.Sheet.Range(made.Address)
        made.Row = cell.Row
        made.Column = cell.Column
    Else
        made.Row = BEHIND_ALL_CELLS
        made.Column = PlaceInForm(made.Field)
    End If
    For index = 1 To mFound.Count
        Set other = mFound.Item(index)
        If IsAfter(other, made) Then
            mFound.Add made, , index
            Exit Sub
        End If
    Next index
    mFound.Add made
End Sub

' The place of a field without a cell, in the order in which a form is read: part, row, column.
Private Function PlaceInForm(ByVal field As String) As Long
    Dim section As String, column As String, row As Long, at As Long, parts As Variant
    at = InStr(1, field, "[")
    If at > 0 Then
        section = Left$(field, at - 1)
        row = CLng(Val(Mid$(field, at + 1)))
        column = Mid$(field, InStr(1, field & "].", "].") + 2)
    Else
        parts = Split(field & ".", ".")
        section = parts(0)
        column = parts(1)
    End If
    PlaceInForm = (NumberAmong("section order", section) * 10000 + row) * 100 + NumberAmong("column order", column)
End Function

' Which of the words between bars it is, from 0; behind the last for any other.
Private Function NumberAmong(ByVal listed As String, ByVal word As String) As Long
    Dim list As Variant, index As Long
    list = Split(Stripped(Letters(listed), "|"), "|")
    NumberAmong = UBound(list) + 1
    For index = LBound(list) To UBound(list)
        If list(index) = word Then NumberAmong = index
    Next index
End Function

Private Function IsAfter(ByVal one As PerfFinding, ByVal other As PerfFinding) As Boolean
    If one.Row <> other.Row Then
        IsAfter = one.Row > other.Row
    ElseIf one.Column <> other.Column Then
        IsAfter = one.Column > other.Column
    Else
        IsAfter = one.Code > other.Code
    End If
End Function

' Where it is, for a person: address and field.
Private Function WhereOf(ByVal field As String, ByVal address As String) As String
    WhereOf = FieldWords(field)
    If Len(address) > 0 Then WhereOf = Say("findings.where.cell-and-field", "cell", address, "field", WhereOf)
End Function

Private Function FieldWords(ByVal field As String) As String
    Dim position As Long, column As String, at As Long, text As String, plain As String
    at = InStr(1, field, "].")
    If at > 0 Then
        position = CLng(Mid$(field, InStr(1, field, "[") + 1, at - InStr(1, field, "[") - 1))
        column = Mid$(field, at + 2)
        If Left$(field, 5) = "funds" Then
            text = Say("findings.where.fund-line", "name", LineName(mForm.Lines.Item(position + 1)))
            FieldWords = Replace(text, "{column}", Sentence("fields.funds." & column))
        Else
            text = Say("findings.where.indicator", "number", CStr(position + 1))
            plain = ShortName(IndicatorAt(position))
            FieldWords = Replace(Replace(text, "{name}", plain), "{column}", Sentence("fields.indicators." & column))
        End If
    ElseIf Left$(field, 15) = "level1_weights." Then
        FieldWords = Say("findings.where.level1", "name", Mid$(field, 16))
    ElseIf field = "indicators" Then
        FieldWords = Sentence("findings.where.part-indicators")
    Else
        FieldWords = Sentence("fields." & field)
    End If
End Function

Private Function LineName(ByVal fundLine As PerfFundLine) As String
    LineName = IIf(Len(fundLine.Label) > 0, fundLine.Label, fundLine.Source)
End Function

Private Function IndicatorAt(ByVal position As Long) As PerfIndicator
    Set IndicatorAt = mForm.Indicators.Item(position + 1)
End Function

Private Function ShortName(ByVal indicator As PerfIndicator) As String
    ShortName = Without(indicator.Title, Letters("blanks"))
    If Len(ShortName) > 20 Then ShortName = Left$(ShortName, 19) & ChrW(8230)
End Function

' ---- numbers and texts in words -------------------------------------------------------------------------

' Whether a number is 0 or not there.
Public Function IsZero(ByVal number As String) As Boolean
    IsZero = True
    If Len(number) > 0 Then IsZero = DecimalOrder(number, "0") = 0
End Function

' A ratio as a percentage; from 5 on it is taken for a number that stands in the wrong cell.
Public Function RateShown(ByVal rate As String) As String
    If Len(rate) = 0 Then Exit Function
    RateShown = Shown(rate)
    If DecimalOrder(DecimalSize(rate), "5") < 0 Then RateShown = DecimalShift(rate, 2) & "%"
End Function

' What a cell holds, on one line and not endless.
Public Function OnOneLine(ByVal text As String) As String
    Dim at As Long, character As String
    For at = 1 To Len(text)
        character = Mid$(text, at, 1)
        If IsOneOf(character, Letters("blanks")) Then character = " "
        If character <> " " Or (Len(OnOneLine) > 0 And Right$(OnOneLine, 1) <> " ") Then OnOneLine = OnOneLine & character
    Next at
    OnOneLine = Trim$(OnOneLine)
    If Len(OnOneLine) > 120 Then OnOneLine = Left$(OnOneLine, 119) & ChrW(8230)
End Function
