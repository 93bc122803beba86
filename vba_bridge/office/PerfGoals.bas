Option Explicit
Option Compare Binary
Option Private Module
' The goals and the total of an office's form.

' Two captions side by side, the texts below in the same order.
Public Sub ReadGoals(ByVal places As PerfOfficePlaces)
    Dim row As Long, below As Long, last As Long, expected As PerfItem, actual As PerfItem
    row = places.Sections.GoalsRow
    If row = 0 Then Exit Sub
    places.Grid.RefuseRepeats row
    FindCaptions places, row, expected, actual
    places.TakeRow row
    last = places.Sections.EndOf(row)
    below = NextFilled(places.Grid, row + 1, last)
    If below > 0 Then
        RefuseMoreText places.Grid, NextFilled(places.Grid, below + 1, last)
        ReadTexts places, below, expected, actual
        places.TakeRow below
    ElseIf row + 1 <= last Then
        below = row + 1
    End If
    If below = 0 Then Exit Sub
    If Not places.IsHeld("goals.expected") Then places.Hold "goals.expected", below, expected.FirstColumn
    If Not places.IsHeld("goals.actual") Then places.Hold "goals.actual", below, actual.FirstColumn
End Sub

' The captions; besides them only a heading of the section stands in the row.
Private Sub FindCaptions(ByVal places As PerfOfficePlaces, ByVal row As Long, ByRef expected As PerfItem, _
    ByRef actual As PerfItem)
    Dim item As PerfItem
    For Each item In places.Grid.ItemsIn(row)
        Select Case item.Role("goals")
        Case "expected": Set expected = item
        Case "actual": Set actual = item
        Case Else
            If item.Role("sections") <> "goals" And item.Role("sections") <> "identity" Then RefuseItem "left-over", item
        End Select
        item.IsTold = True
    Next item
    If actual.FirstColumn < expected.FirstColumn Then RefuseItem "order", actual
End Sub

Private Function NextFilled(ByVal grid As PerfGrid, ByVal first As Long, ByVal last As Long) As Long
    Dim row As Long
    For row = last To first Step -1
        If grid.ItemsIn(row).Count > 0 Then NextFilled = row
    Next row
End Function

' Below the texts stands no more than a bar over the next section.
Private Sub RefuseMoreText(ByVal grid As PerfGrid, ByVal row As Long)
    Dim item As PerfItem
    If row = 0 Then Exit Sub
    Set item = grid.ItemsIn(row).Item(1)
    If grid.ItemsIn(row).Count > 1 Or item.Role("sections") <> "indicators" Then RefuseItem "left-over", item
End Sub

Private Sub ReadTexts(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal expected As PerfItem, ByVal actual As PerfItem)
    Dim item As PerfItem, path As String
    places.Grid.RefuseRepeats row
    For Each item In places.Grid.ItemsIn(row)
        If Len(item.Role("project") & item.Role("goals") & item.Role("funds") & item.Role("sections")) > 0 Then
            RefuseItem "left-over", item
        End If
        path = ""
        If item.FirstColumn >= expected.FirstColumn And item.FirstColumn <= expected.LastColumn Then path = "goals.expected"
        If item.FirstColumn >= actual.FirstColumn And item.FirstColumn <= actual.LastColumn Then path = "goals.actual"
        If Len(path) = 0 Or places.IsHeld(path) Then RefuseItem "row", item
        places.HoldItem path, item
    Next item
End Sub

' Two numbers under their headings, or none yet.
Public Sub ReadTotal(ByVal places As PerfOfficePlaces)
    Dim item As PerfItem, row As Long, column As String
    row = places.Sections.TotalRow
    places.TakeRow row
    For Each item In places.Grid.ItemsIn(row)
        If item.Kind = "number" Then
            column = places.Indicators.ColumnOver(item)
            If column <> "weight" And column <> "score" Then RefuseItem "total", item
            If places.IsHeld("total." & column) Then RefuseItem "total", item
            If item.IsText() And HasGap(item.Content) Then RefuseItem "total", item
            places.HoldItem "total." & column, item
        ElseIf Len(item.Role("sections")) > 0 Or item.Kind = "mark" Then
            item.IsTold = True
        Else
            RefuseItem "total", item
        End If
    Next item
    If places.IsHeld("total.weight") <> places.IsHeld("total.score") Then Refuse "total", row, 1
    HoldBlankTotal places, "weight"
    HoldBlankTotal places, "score"
End Sub

Private Sub HoldBlankTotal(ByVal places As PerfOfficePlaces, ByVal column As String)
    Dim first As Long
    first = places.Indicators.FirstOf(column)
    If places.IsHeld("total." & column) Or first = 0 Then Exit Sub
    If places.Grid.IsCovered(places.Sections.TotalRow, first) Then Exit Sub
    If Not places.Grid.ItemAt(places.Sections.TotalRow, first) Is Nothing Then Exit Sub
    places.Hold "total." & column, places.Sections.TotalRow, first
End Sub
