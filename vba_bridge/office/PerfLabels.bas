Option Explicit
Option Compare Binary
Option Private Module
' Labelled cells outside the tables of an office's form: who and what at the top, remark, conclusions and captions at the
' bottom; and the title and the year. A label's value stands in the next cell of its row.

Private Const LONGEST_VALUE_WITH_COLON As Long = 300

Private mInNotes As Boolean

Public Sub ReadLabels(ByVal places As PerfOfficePlaces)
    Dim row As Long
    mInNotes = False
    For row = places.Grid.FirstRow To places.Sections.LastRow
        If Not places.IsTaken(row) And row <> places.Sections.TitleRow And places.Grid.ItemsIn(row).Count > 0 Then
            places.Grid.RefuseRepeats row
            If Not IsNote(places, row) Then ReadLine places, row
        End If
    Next row
End Sub

Private Sub ReadLine(ByVal places As PerfOfficePlaces, ByVal row As Long)
    Dim item As PerfItem, label As PerfItem, role As String, pending As String
    For Each item In places.Grid.ItemsIn(row)
        role = RoleOfLabel(item)
        If Len(pending) > 0 And Len(role) = 0 And Not HasLabelInside(item) Then
            TakeValue places, label, pending, item
            pending = ""
        Else
            If Len(pending) > 0 Then LeaveBlank places, label, pending, item
            pending = OpenedBy(places, item, role)
            Set label = item
        End If
    Next item
    If Len(pending) > 0 Then LeaveBlank places, label, pending, Nothing
End Sub

' The field a label stands for; remark or extra; print for headings of sections; "" for a value.
Private Function RoleOfLabel(ByVal item As PerfItem) As String
    If Len(item.Role("project")) > 0 Then
        RoleOfLabel = "project." & item.Role("project")
        If item.Role("project") = "fiscal_year" Then RoleOfLabel = "fiscal_year"
        Exit Function
    End If
    If Len(item.Role("goals")) > 0 Then RefuseItem "left-over", item
    Select Case item.Role("sections")
    Case "remark", "extra": RoleOfLabel = item.Role("sections")
    Case "funds", "goals", "indicators", "identity": RoleOfLabel = "print"
    End Select
End Function

' The role that waits for a value behind this cell.
Private Function OpenedBy(ByVal places As PerfOfficePlaces, ByVal item As PerfItem, ByVal role As String) As String
    If role = "print" Or IsYearCell(item) Or IsAnnex(item) Or IsUnitCell(item) Then
        item.IsTold = True
    ElseIf Len(role) > 0 Then
        item.IsTold = True
        OpenedBy = role
    ElseIf HasLabelInside(item) Then
        TakeInside places, item
    ElseIf Words("footers").Has(item.Key) Then
        item.IsTold = True
        OpenedBy = "footer"
    ElseIf item.Row < places.Sections.TitleRow And places.Grid.ItemsIn(item.Row).Count = 1 Then
        ' A line above the title, such as the name of the office, is none of the form.
        item.IsTold = item.IsText()
    End If
End Function

Private Sub TakeValue(ByVal places As PerfOfficePlaces, ByVal label As PerfItem, ByVal role As String, ByVal item As PerfItem)
    If item.IsText() And IsRoom(item.Content) Then
        item.IsTold = True
    ElseIf role = "extra" Or role = "footer" Then
        places.AddExtra LabelShown(label.Content), item
    ElseIf places.IsHeld(role) Then
        RefuseItem "twice", label
    Else
        If HasColon(item) Or role = "project.name" And IsCodeAndName(item.Plain) Then RefuseItem "inside", item
        If role = "remark" And Holds(Left$(item.Plain, 6), Letters("remark")) Then RefuseItem "inside", item
        places.HoldItem role, item
    End If
End Sub

' A label without a value: the cell beside it is where one would stand.
Private Sub LeaveBlank(ByVal places As PerfOfficePlaces, ByVal label As PerfItem, ByVal role As String, ByVal following As PerfItem)
    If role = "extra" Or role = "footer" Then Exit Sub
    If role = "remark" And following Is Nothing And label.Row < places.Sections.LastRow Then RefuseItem "inside", label
    If Not following Is Nothing Then
        If following.FirstColumn <= label.LastColumn + 1 Then Exit Sub
    End If
    If places.IsHeld(role) Then RefuseItem "twice", label
    places.Hold role, label.Row, label.LastColumn + 1
End Sub

' A code of at least 12 signs and a dash before a name.
Private Function IsCodeAndName(ByVal plain As String) As Boolean
    Dim length As Long
    length = RunOf(plain, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 1)
    IsCodeAndName = length >= 12 And IsOneOf(CharAt(plain, length + 1), "-" & Letters("dash"))
End Function

' ---- notes ----------------------------------------------------------------------------------------------

' A note under the form, and the numbered lines below it.
Private Function IsNote(ByVal places As PerfOfficePlaces, ByVal row As Long) As Boolean
    Dim item As PerfItem, head As String
    If places.Grid.ItemsIn(row).Count > 1 Then
        mInNotes = False
        Exit Function
    End If
    Set item = places.Grid.ItemsIn(row).Item(1)
    head = PrintedKey(Split(item.Plain & ":", ":")(0))
    If Words("note heads").Has(head) Then
        If row < places.Sections.FundsRow Then RefuseItem "left-over", item
        mInNotes = True
    ElseIf Not (mInNotes And IsNumbered(item.Plain)) Then
        mInNotes = False
        Exit Function
    End If
    item.IsTold = True
    IsNote = True
End Function

Private Function IsNumbered(ByVal plain As String) As Boolean
    Dim length As Long
    plain = WithoutPrefix(plain, "(")
    length = RunOf(plain, "0123456789", 1)
    IsNumbered = length > 0 And IsOneOf(CharAt(plain, length + 1), ".)" & Letters("list comma"))
End Function

' ---- labels and values in one cell ----------------------------------------------------------------------

Private Function HasColon(ByVal item As PerfItem) As Boolean
    HasColon = item.IsText() And Holds(item.Plain, ":") And Len(item.Plain) <= LONGEST_VALUE_WITH_COLON
End Function

' Whether a cell begins with a known label and a colon.
Private Function HasLabelInside(ByVal item As PerfItem) As Boolean
    If Not HasColon(item) Or IsLabel(item) Then Exit Function
    HasLabelInside = Len(RoleInside(LabelBefore(item.Content))) > 0
End Function

Private Function IsLabel(ByVal item As PerfItem) As Boolean
    IsLabel = Len(item.Role("project") & item.Role("goals") & item.Role("funds") & item.Role("indicators") _
        & item.Role("levels") & item.Role("sections") & item.Role("fund_rows")) > 0
End Function

' What stands before the first colon; "" where there is white space in it.
Private Function LabelBefore(ByVal text As String) As String
    LabelBefore = Trimmed(Split(HalfWidth(Trimmed(text)) & ":", ":")(0))
    If Len(LabelBefore) > 24 Or Len(Without(LabelBefore, Letters("blanks"))) <> Len(LabelBefore) Then LabelBefore = ""
End Function

Private Function RoleInside(ByVal label As String) As String
    Dim key As String
    key = PrintedKey(label)
    If Len(key) = 0 Then Exit Function
    RoleInside = RoleOfKey("project", key)
    If Len(RoleInside) > 0 Then Exit Function
    Select Case RoleOfKey("sections", key)
    Case "remark", "extra", "total": RoleInside = RoleOfKey("sections", key)
    Case Else: If Words("footers").Has(key) Then RoleInside = "footer"
    End Select
End Function

' A caption with its value in one cell, or with several captions that are all blank.
Private Sub TakeInside(ByVal places As PerfOfficePlaces, ByVal item As PerfItem)
    Dim parts As Variant, index As Long, text As String, role As String
    text = HalfWidth(item.Content)
    parts = Split(text, ":")
    role = RoleInside(LabelBefore(item.Content))
    If UBound(parts) = 1 Then
        If IsRoom(CStr(parts(1))) Then
            If role = "remark" And item.Row > places.Sections.FundsRow And item.Row < places.Sections.LastRow Then RefuseItem "inside", item
            item.IsTold = True
        Else
            RefuseItem "inside", item
        End If
        Exit Sub
    End If
    For index = 1 To UBound(parts)
        If Not IsBlankCaption(CStr(parts(index)), index = UBound(parts)) Then RefuseItem "inside", item
    Next index
    item.IsTold = True
End Sub

' Between two colons: room, white space, and the next caption, which is known.
Private Function IsBlankCaption(ByVal text As String, ByVal isLast As Boolean) As Boolean
    Dim at As Long, label As String
    If isLast Then
        IsBlankCaption = IsRoom(text)
        Exit Function
    End If
    at = Len(text)
    Do While at > 0 And Not IsOneOf(CharAt(text, at), Letters("blanks") & ";")
        at = at - 1
    Loop
    label = Mid$(text, at + 1)
    IsBlankCaption = at > 0 And IsRoom(Left$(text, at)) And Len(RoleInside(label)) > 0
End Function

' The label of a further text as it is printed, without white space, colon, star and numbering.
Private Function LabelShown(ByVal text As String) As String
    Dim length As Long
    LabelShown = Without(text, Letters("blanks"))
    length = RunOf(LabelShown, "0123456789", 1)
    If length > 0 And IsOneOf(CharAt(LabelShown, length + 1), ".)" & Letters("list comma")) Then
        LabelShown = Mid$(LabelShown, length + 2)
    Else
        length = RunOf(LabelShown, Letters("numbering"), 1)
        If length > 0 And CharAt(LabelShown, length + 1) = Letters("list comma") Then LabelShown = Mid$(LabelShown, length + 2)
    End If
    LabelShown = Stripped(LabelShown, "*:" & ChrW(65306))
End Function

' ---- title and year -------------------------------------------------------------------------------------

' The title, and the year in it, beside it, below it or beside its own label; all must name the same.
Public Sub ReadHeadLines(ByVal places As PerfOfficePlaces)
    Dim item As PerfItem, row As Long, year As Long, hasCell As Boolean
    For Each item In places.Grid.ItemsIn(places.Sections.TitleRow)
        If IsTitle(item) And Not places.IsHeld("title") Then
            places.HoldItem "title", item
            If YearCount(item.Plain) > 1 Then RefuseItem "year", item
            If YearCount(item.Plain) = 1 Then year = YearIn(item.Content)
        End If
        item.IsTold = True
    Next item
    For row = places.Grid.FirstRow To places.Sections.IndicatorsRow - 1
        For Each item In places.Grid.ItemsIn(row)
            If IsYearLine(places, row, item) Then
                Agree year, item
                If Not hasCell And row >= places.Sections.TitleRow Then HoldYear places, item
                hasCell = hasCell Or row >= places.Sections.TitleRow
            End If
        Next item
    Next row
    Set item = places.ItemHeld("fiscal_year")
    If Not item Is Nothing Then
        Agree year, item
        If YearIn(item.Content) = 0 And Not IsYearCell(item) Then RefuseItem "year", item
    End If
    If Not places.IsHeld("fiscal_year") And year > 0 Then HoldYear places, places.ItemHeld("title")
End Sub

' A cell of its own that names the year, as text, or as a number that its format shows so.
Private Function IsYearLine(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal item As PerfItem) As Boolean
    IsYearLine = IsYearCell(item)
    If item.IsText() Or places.Grid.ItemsIn(row).Count > 1 Or row < places.Sections.TitleRow Then Exit Function
    RefuseItem "year", item
End Function

' A labelled year goes before one that stands by itself.
Private Sub HoldYear(ByVal places As PerfOfficePlaces, ByVal item As PerfItem)
    item.IsTold = True
    If places.ItemHeld("fiscal_year") Is Nothing Then places.Hold "fiscal_year", item.Row, item.FirstColumn
End Sub

Private Sub Agree(ByRef year As Long, ByVal item As PerfItem)
    Dim own As Long
    own = YearIn(item.Content)
    item.IsTold = True
    If own > 0 And year > 0 And own <> year Then RefuseItem "year", item
    If own = 0 And RunOf(Replace(item.Plain, "(", ""), "0123456789", 1) > 0 Then RefuseItem "year", item
    If own > 0 Then year = own
End Sub

' How many different years a title names.
Private Function YearCount(ByVal plain As String) As Long
    Dim at As Long, found As String
    For at = 1 To Len(plain) - 3
        If IsCentury(Mid$(plain, at, 4)) And Not IsDigit(CharAt(plain, at - 1)) And Not IsDigit(CharAt(plain, at + 4)) Then
            If Not Holds(found, Mid$(plain, at, 4)) Then YearCount = YearCount + 1
            found = found & Mid$(plain, at, 4) & " "
        End If
    Next at
End Function
