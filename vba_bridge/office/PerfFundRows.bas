Option Explicit
Option Compare Binary
Option Private Module
' The rows of the funds table of an office's form, and its unit of money.

Private Const LONGEST_LABEL As Long = 20
' A row that says which letter or number each column has needs so many cells.
Private Const FEWEST As Long = 3

Public Sub ReadFundRows(ByVal places As PerfOfficePlaces)
    Dim row As Long, label As PerfItem
    If places.Funds.Has("note") Then RefuseFilled places, "note"
    places.EndFunds places.Sections.FundsRow
    For row = places.Sections.FundsRow + 1 To places.Sections.EndOf(places.Sections.FundsRow)
        If places.Grid.ItemsIn(row).Count > 0 Then
            RefusePrint places, row
            Set label = LabelOf(places, row)
            If label Is Nothing Then Exit For
            ReadLine places, row, label
            places.TakeRow row
            places.EndFunds row
        End If
    Next row
    RefuseGaps places
    places.InPercent = HeadingHasPercent(places)
    FindUnit places
End Sub

' Right behind their labels values cannot be shifted.
Private Sub RefuseGaps(ByVal places As PerfOfficePlaces)
    Dim row As Long, label As PerfItem, asked As String
    asked = " "
    For row = places.Sections.FundsRow + 1 To places.FundsEnd()
        Set label = places.ItemHeld("label " & row)
        If Not label Is Nothing Then
            If label.FirstColumn >= places.Funds.FirstColumn() Then RefuseItem "row", label
            If label.LastColumn + 1 <> places.Funds.FirstColumn() And Not Holds(asked, " " & label.FirstColumn & " ") Then
                RefuseShifted places, label.FirstColumn
                asked = asked & label.FirstColumn & " "
            End If
        End If
    Next row
End Sub

' Reasons beside the money are kept as further texts, which Python names.
Private Sub RefuseFilled(ByVal places As PerfOfficePlaces, ByVal column As String)
    Dim row As Long, item As PerfItem
    For row = places.Sections.FundsRow + 1 To places.Sections.EndOf(places.Sections.FundsRow)
        For Each item In places.Grid.ItemsIn(row)
            If places.Funds.ColumnAt(item.FirstColumn) = column Then RefuseItem "heading", item
        Next item
    Next row
End Sub

' The heading again, or the letters and numbers of the columns.
Private Sub RefusePrint(ByVal places As PerfOfficePlaces, ByVal row As Long)
    Dim item As PerfItem, hasNumber As Boolean, hasHeading As Boolean
    For Each item In places.Grid.ItemsIn(row)
        If item.Kind = "number" Or item.Kind = "money" Or item.Kind = "percent" Then hasNumber = True
        If Len(item.Role("funds")) > 0 Then hasHeading = True
    Next item
    If hasHeading And Not hasNumber Then Refuse "two-rows", row, 1
    If IsColumnRow(places.Grid.ItemsIn(row)) Then Refuse "two-rows", row, 1
End Sub

' Whether a row says no more than A B C or 1 2 3.
Public Function IsColumnRow(ByVal items As Collection) As Boolean
    Dim item As PerfItem, letters As Long, counted As Long, numbers As Long
    If items.Count < FEWEST Then Exit Function
    For Each item In items
        If IsLetter(Left$(Replace(item.Plain, "(", ""), 1)) Then letters = letters + 1
        If item.Kind = "number" Then numbers = numbers + 1
        If item.Kind = "number" And item.Number = CStr(numbers) Then counted = counted + 1
    Next item
    IsColumnRow = letters = items.Count Or (counted > FEWEST And counted >= items.Count - 1)
End Function

' The label of a row of money; Nothing where the table has ended.
Private Function LabelOf(ByVal places As PerfOfficePlaces, ByVal row As Long) As PerfItem
    Dim item As PerfItem, label As PerfItem, head As Collection, isKnown As Boolean
    Set head = HeadOf(places, row)
    For Each item In head
        If IsOfAnotherSection(item) Then Exit Function
        If item.Role("sections") <> "funds" And Not (isKnown And Len(item.Role("fund_rows")) = 0) Then Set label = item
        If Len(item.Role("fund_rows")) > 0 Then isKnown = True
    Next item
    If label Is Nothing Then Refuse "row", row, places.Funds.FirstColumn()
    If Not (isKnown Or label.Role("sections") = "fund_row") Then
        If Len(label.Plain) > LONGEST_LABEL Then Exit Function
        If Not IsRowOfMoney(places, row, label) Then Exit Function
    End If
    For Each item In head
        item.IsTold = True
    Next item
    Set LabelOf = label
End Function

' The texts before the values of a row.
Private Function HeadOf(ByVal places As PerfOfficePlaces, ByVal row As Long) As Collection
    Dim item As PerfItem, first As Long, head As Collection
    Set head = New Collection
    Set HeadOf = head
    first = places.Funds.FirstColumn()
    For Each item In places.Grid.ItemsIn(row)
        If item.Kind <> "text" Or item.FirstColumn > first Then Exit Function
        If head.Count > 0 And item.FirstColumn = first And Not IsFundLabel(item) Then Exit Function
        head.Add item
    Next item
End Function

Private Function IsFundLabel(ByVal item As PerfItem) As Boolean
    IsFundLabel = Len(item.Role("fund_rows")) > 0
    If item.Role("sections") = "fund_row" Or item.Role("sections") = "funds" Then IsFundLabel = True
End Function

Private Function IsOfAnotherSection(ByVal item As PerfItem) As Boolean
    If Len(item.Role("fund_rows")) > 0 Then Exit Function
    If Len(item.Role("project") & item.Role("goals") & item.Role("indicators")) > 0 Then IsOfAnotherSection = True
    Select Case item.Role("sections")
    Case "", "funds", "fund_row"
    Case Else: IsOfAnotherSection = True
    End Select
End Function

' A label of the region's own, beside numbers, or beside dashes where it names money.
Private Function IsRowOfMoney(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal label As PerfItem) As Boolean
    Dim item As PerfItem, isBlank As Boolean
    isBlank = True
    For Each item In places.Grid.ItemsIn(row)
        If item.FirstColumn > label.FirstColumn Then
            If item.Kind <> "mark" Then isBlank = False
            If item.Kind = "number" Or item.Kind = "money" Or item.Kind = "percent" Then IsRowOfMoney = True
        End If
    Next item
    If isBlank And Words("money words").Ends(label.Key) Then IsRowOfMoney = True
End Function

' Every value stands under its heading.
Private Sub ReadLine(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal label As PerfItem)
    Dim item As PerfItem, column As String, filled As String
    places.HoldItem "label " & row, label
    For Each item In places.Grid.ItemsIn(row)
        If Not item.IsTold Then
            column = places.Funds.ColumnOver(item)
            If Len(column) = 0 Or Holds(filled, " " & column & " ") Then RefuseItem "row", item
            filled = filled & " " & column & " "
            If Not SuitsColumn(item, column) Then RefuseItem "row", item
            If item.IsText() Then
                If HasGap(item.Content) Then RefuseItem "row", item
            End If
            item.IsTold = True
        End If
    Next item
End Sub

' Two figures in one cell, or one that a line break took apart.
Public Function HasGap(ByVal text As String) As Boolean
    HasGap = Len(Trimmed(text)) <> Len(Without(text, Letters("blanks")))
End Function

Private Function HeadingHasPercent(ByVal places As PerfOfficePlaces) As Boolean
    Dim item As PerfItem, row As Long
    Set item = places.Grid.ItemAt(places.Sections.FundsRow, places.Funds.FirstOf("execution_rate"))
    If item Is Nothing Then Exit Function
    HeadingHasPercent = Holds(item.Plain, "%")
    If Not HeadingHasPercent Then Exit Function
    For row = places.Sections.FundsRow + 1 To places.FundsEnd()
        Set item = places.Grid.ItemAt(row, places.Funds.FirstOf("execution_rate"))
        If Not item Is Nothing Then
            If item.IsShownAsPercent() Then RefuseItem "format", item
        End If
    Next row
End Function

' ---- the unit of money ----------------------------------------------------------------------------------

' Headings of the funds name it, or a line above the tables.
Private Sub FindUnit(ByVal places As PerfOfficePlaces)
    Dim row As Long, item As PerfItem, unit As String
    For row = places.Grid.FirstRow To places.Sections.IndicatorsRow
        For Each item In places.Grid.ItemsIn(row)
            If NamesUnit(places, item) Then
                unit = UnitNamedIn(item.Plain)
                If Len(unit) > 0 And Not places.IsHeld("funds.unit") Then places.Hold "funds.unit", row, item.FirstColumn
                places.Unit = OneUnit(places.Unit, unit)
            End If
        Next item
    Next row
    If places.Unit <> "?" And Len(places.Unit) > 0 Then Exit Sub
    Refuse "unit", places.Sections.FundsRow, places.Grid.FirstColumn
End Sub

Private Function NamesUnit(ByVal places As PerfOfficePlaces, ByVal item As PerfItem) As Boolean
    If Not item.IsText() Then Exit Function
    NamesUnit = item.Row = places.Sections.FundsRow Or item.Role("sections") = "funds" Or IsUnitCell(item)
End Function
