Option Explicit
Option Compare Binary
Option Private Module
' Whether rows of money stand under their headings for sure, where a column is empty between label and numbers: Python then
' weighs every way in which they may be shifted, and so does this.

' What Python holds against a shift by one column of a worksheet, a value that cannot stand in its column, and one without a
' column; what a rate that is right takes off; and by how much the best way must win.
Private Const TRUST As Long = 2
Private Const MISFIT As Long = 5
Private Const UNPLACED As Long = 4
Private Const PROVED As Long = 3
Private Const CLEARLY As Long = 2
' Cells farther right do not belong to the table.
Private Const FAR As Long = 3
Private Const MOST_SHIFT As Long = 2
' Half of the last printed digit of a rate, and a little for rates that were cut instead of rounded.
Private Const NEAR_RATE As String = "0.0001"
Private Const PLACES_OF_RATIO As Long = 20

' Refuses rows whose labels stand in one column and that may as well be shifted.
Public Sub RefuseShifted(ByVal places As PerfOfficePlaces, ByVal labelColumn As Long)
    Dim shift As Long, own As Long
    own = DoubtOf(places, labelColumn, 0)
    For shift = -MOST_SHIFT To MOST_SHIFT
        If shift <> 0 And CanShift(places, labelColumn, shift) Then
            If DoubtOf(places, labelColumn, shift) - own < CLEARLY Then Refuse "gap", places.Sections.FundsRow, labelColumn
        End If
    Next shift
End Sub

' A row is shifted because a merged cell left of its values is missing: then nothing stands between.
Private Function CanShift(ByVal places As PerfOfficePlaces, ByVal labelColumn As Long, ByVal shift As Long) As Boolean
    Dim row As Long, label As PerfItem
    CanShift = True
    For row = places.Sections.FundsRow + 1 To places.FundsEnd()
        Set label = LabelIn(places, row, labelColumn)
        If Not label Is Nothing Then
            If label.LastColumn + 1 <> places.Funds.FirstColumn() + shift Then CanShift = False
        End If
    Next row
End Function

Private Function LabelIn(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal labelColumn As Long) As PerfItem
    Dim label As PerfItem
    Set label = places.ItemHeld("label " & row)
    If label Is Nothing Then Exit Function
    If label.FirstColumn = labelColumn Then Set LabelIn = label
End Function

Private Function DoubtOf(ByVal places As PerfOfficePlaces, ByVal labelColumn As Long, ByVal shift As Long) As Long
    Dim row As Long
    DoubtOf = Abs(shift) * TRUST
    For row = places.Sections.FundsRow + 1 To places.FundsEnd()
        If Not LabelIn(places, row, labelColumn) Is Nothing Then DoubtOf = DoubtOf + DoubtOfRow(places, row, shift)
    Next row
End Function

Private Function DoubtOfRow(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal shift As Long) As Long
    Dim item As PerfItem, column As String, filled As String, label As PerfItem
    filled = " "
    Set label = places.ItemHeld("label " & row)
    For Each item In places.Grid.ItemsIn(row)
        If item.FirstColumn > label.LastColumn Then
            column = places.Funds.ColumnAt(item.FirstColumn - shift)
            If Len(column) = 0 Then
                If item.FirstColumn <= places.Funds.LastColumn() + shift + FAR Then DoubtOfRow = DoubtOfRow + UNPLACED
            ElseIf Not SuitsColumn(item, column) Then
                DoubtOfRow = DoubtOfRow + MISFIT
            ElseIf Holds(filled, " " & column & " ") Then
                DoubtOfRow = DoubtOfRow + UNPLACED
            End If
            filled = filled & column & " "
        End If
    Next item
    If ProvesBudget(places, row, shift, "initial_budget") Or ProvesBudget(places, row, shift, "full_year_budget") Then
        DoubtOfRow = DoubtOfRow - PROVED
    End If
End Function

' Whether the kind of a value can stand in a column of the funds.
Public Function SuitsColumn(ByVal item As PerfItem, ByVal column As String) As Boolean
    If column = "note" Then SuitsColumn = True
    Select Case item.Kind
    Case "number", "mark": SuitsColumn = True
    Case "percent": SuitsColumn = (column = "execution_rate")
    Case "money": SuitsColumn = (column = "initial_budget" Or column = "full_year_budget" Or column = "executed")
    End Select
End Function

' Whether the rate printed in a row is what was executed of that budget; shift is how far its values may stand right of
' their headings.
Public Function ProvesBudget(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal shift As Long, _
    ByVal column As String) As Boolean
    Dim rate As PerfItem, executed As PerfItem, budget As PerfItem, ratio As String
    Set rate = ValueIn(places, row, shift, "execution_rate")
    Set executed = ValueIn(places, row, shift, "executed")
    Set budget = ValueIn(places, row, shift, column)
    If rate Is Nothing Or executed Is Nothing Or budget Is Nothing Then Exit Function
    If IsZero(rate.Number) Or Len(executed.Number) = 0 Or IsZero(budget.Number) Then Exit Function
    If DecimalOrder(budget.Number, "0") < 0 Or DecimalOrder(executed.Number, "0") < 0 Then RefuseItem "row", budget
    ratio = DecimalQuotient(executed.Number, budget.Number, PLACES_OF_RATIO)
    ProvesBudget = IsNear(ratio, rate.Number)
    If rate.Kind <> "percent" Then ProvesBudget = ProvesBudget Or IsNear(ratio, DecimalShift(rate.Number, -2))
End Function

Private Function ValueIn(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal shift As Long, ByVal column As String) As PerfItem
    Dim item As PerfItem, label As PerfItem
    Set label = places.ItemHeld("label " & row)
    For Each item In places.Grid.ItemsIn(row)
        If item.FirstColumn > label.LastColumn Then
            If places.Funds.ColumnAt(item.FirstColumn - shift) = column Then Set ValueIn = item
        End If
    Next item
End Function

Private Function IsNear(ByVal one As String, ByVal other As String) As Boolean
    IsNear = DecimalOrder(DecimalSize(DecimalDifference(one, other)), NEAR_RATE) <= 0
End Function
