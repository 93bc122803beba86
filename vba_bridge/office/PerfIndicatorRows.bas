Option Explicit
Option Compare Binary
Option Private Module
' The rows of the indicator table of an office's form. Python weighs every way in which a row may be shifted against its
' headings; a row is read here only where it stands so well that no other way can come near (see Doubt).

' More doubt than this and another way to read the row might do as well.
Private Const MOST_DOUBT As Long = 2
Private Const FULL_MARKS As String = "100"
Private Const LONGEST_LINE As Long = 30

Private mLevels As PerfLevels

Public Sub ReadIndicatorRows(ByVal places As PerfOfficePlaces)
    Dim row As Long
    RefuseHeading places
    Set mLevels = New PerfLevels
    mLevels.Start places
    For row = places.Sections.IndicatorsRow + 1 To places.Sections.TotalRow - 1
        If places.Grid.ItemsIn(row).Count > 0 Then
            RefuseOtherRow places, row
            ReadRow places, row
        End If
        mLevels.Carry row
        places.TakeRow row
    Next row
    places.TakeRow places.Sections.IndicatorsRow
End Sub

' All columns but the reasons are there, the values right behind the names and side by side.
Private Sub RefuseHeading(ByVal places As PerfOfficePlaces)
    Dim list As Variant, index As Long, names As Collection, behind As Boolean
    list = Array("level1", "level2", "name", "target", "actual", "weight", "score")
    For index = LBound(list) To UBound(list)
        If Not places.Indicators.Has(CStr(list(index))) Then Refuse "heading", places.Sections.IndicatorsRow, 1
    Next index
    Set names = places.Indicators.Names()
    For index = 1 To names.Count
        If behind And IsOneOfHead(names.Item(index)) Then Refuse "order", places.Sections.IndicatorsRow, 1
        If names.Item(index) = "name" Then behind = True
    Next index
    If names.Item(1) <> "level1" Or names.Item(2) <> "level2" Or names.Item(3) <> "name" Then
        Refuse "order", places.Sections.IndicatorsRow, 1
    End If
End Sub

Private Function IsOneOfHead(ByVal column As String) As Boolean
    IsOneOfHead = column = "level1" Or column = "level2" Or column = "name"
End Function

' Examples, sums of a group, headings printed again, room for more, captions and prose are no indicators.
Private Sub RefuseOtherRow(ByVal places As PerfOfficePlaces, ByVal row As Long)
    Dim item As PerfItem, place As Long, headings As Long, first As PerfItem
    Set first = places.Grid.ItemsIn(row).Item(1)
    If IsColumnRow(places.Grid.ItemsIn(row)) Then RefuseItem "row", first
    If IsOfSection(first) Then RefuseItem "row", first
    If places.Grid.ItemsIn(row).Count = 1 And Len(first.Plain) > LONGEST_LINE Then RefuseItem "row", first
    For Each item In places.Grid.ItemsIn(row)
        place = place + 1
        If IsEllipsis(item.Plain) Then RefuseItem "row", item
        If place <= 3 Then
            If Words("group sums").Ends(item.Key) Or IsExample(item.Plain) Then RefuseItem "row", item
        End If
        If Len(item.Role("indicators")) > 0 Then headings = headings + 1
    Next item
    If headings >= 3 Then RefuseItem "two-forms", first
End Sub

Private Function IsOfSection(ByVal item As PerfItem) As Boolean
    Dim caption As String
    caption = Split(item.Plain & ":", ":")(0)
    Select Case item.Role("sections")
    Case "", "indicators", "fund_row", "identity", "sister"
    Case Else: IsOfSection = True
    End Select
    If Words("footers").Has(PrintedKey(caption)) Then IsOfSection = True
    Select Case RoleOfKey("sections", PrintedKey(caption))
    Case "remark", "extra", "total": IsOfSection = True
    End Select
End Function

Private Function IsExample(ByVal plain As String) As Boolean
    IsExample = Words("example words").StandsIn(Left$(plain, 8))
    If IsOneOf(Left$(plain, 1), Letters("such as")) And Mid$(plain, 2, 1) = ":" Then IsExample = True
End Function

' ---- one row --------------------------------------------------------------------------------------------

Private Sub ReadRow(ByVal places As PerfOfficePlaces, ByVal row As Long)
    Dim item As PerfItem, column As String, filled As String, doubt As Long, hasUnknownLevel As Boolean
    filled = " "
    For Each item In places.Grid.ItemsIn(row)
        column = places.Indicators.ColumnOver(item)
        If item.Role("sections") = "indicators" And (Len(column) = 0 Or IsOneOfHead(column)) Then
            item.IsTold = True
        Else
            If Len(column) = 0 Or Holds(filled, " " & column & " ") Then RefuseItem "row", item
            filled = filled & column & " "
            PlaceItem places, row, column, item, hasUnknownLevel
        End If
    Next item
    doubt = DoubtOf(places, row, filled)
    If hasUnknownLevel And Not (Holds(filled, " name ") And HasNumber(places, row, "weight") And HasNumber(places, row, "score")) Then
        Refuse "row", row, places.Indicators.FirstColumn()
    End If
    If doubt > MOST_DOUBT Then Refuse "row", row, places.Indicators.FirstColumn()
End Sub

Private Sub PlaceItem(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal column As String, ByVal item As PerfItem, _
    ByRef hasUnknownLevel As Boolean)
    Dim isLevel As Boolean
    isLevel = Len(item.Role("levels")) > 0
    Select Case column
    Case "level1", "level2"
        If item.Kind <> "text" Then RefuseItem "level", item
        If isLevel Then
            mLevels.Take column, item
        Else
            hasUnknownLevel = True
            mLevels.TakeUnknown column, item
        End If
    Case "name"
        If isLevel Or item.Kind <> "text" Then RefuseItem "level", item
    Case "weight", "score"
        If item.Kind <> "number" And item.Kind <> "mark" Then RefuseItem "number", item
        If item.IsText() And HasGap(item.Content) Then RefuseItem "number", item
    Case "target", "actual"
        If item.IsShownAsPercent() Then RefuseItem "format", item
        If isLevel And EndsWith(item.Key, Mid$(Letters("indicator word"), 2)) Then RefuseItem "level", item
    Case Else
        If item.Kind = "number" Or (isLevel And EndsWith(item.Key, Mid$(Letters("indicator word"), 2))) Then RefuseItem "row", item
    End Select
    item.IsTold = True
End Sub

Private Function HasNumber(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal column As String) As Boolean
    HasNumber = Len(NumberIn(places, row, column)) > 0
End Function

Private Function NumberIn(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal column As String) As String
    Dim item As PerfItem
    For Each item In places.Grid.ItemsIn(row)
        If places.Indicators.ColumnAt(item.FirstColumn) = column And item.Kind = "number" Then NumberIn = item.Number
    Next item
End Function

' What Python holds against a row that stands under its headings. Any other way costs it 2 at the least, and 2 more
' because the name or a number then stands where it cannot belong.
Private Function DoubtOf(ByVal places As PerfOfficePlaces, ByVal row As Long, ByVal filled As String) As Long
    Dim weight As String, score As String, hasValues As Boolean, hasNumbers As Boolean, list As Variant, index As Long
    weight = NumberIn(places, row, "weight")
    score = NumberIn(places, row, "score")
    hasNumbers = Len(weight & score & NumberIn(places, row, "target") & NumberIn(places, row, "actual")) > 0
    list = Array("target", "actual", "weight", "score", "deviation")
    For index = LBound(list) To UBound(list)
        If Holds(filled, " " & list(index) & " ") Then hasValues = True
    Next index
    If Not hasValues And Not Holds(filled, " name ") Then Exit Function
    If Not Holds(filled, " name ") Then DoubtOf = MOST_DOUBT + 1
    If Not Holds(filled, " target ") Then DoubtOf = DoubtOf + 1
    If Not Holds(filled, " actual ") Then DoubtOf = DoubtOf + 1
    If hasNumbers And Len(weight) = 0 Then DoubtOf = DoubtOf + 2
    If hasNumbers And Len(score) = 0 Then DoubtOf = DoubtOf + 2
    If Len(score) = 0 Then Exit Function
    If Len(weight) = 0 Then
        DoubtOf = DoubtOf + 2
    ElseIf DecimalOrder(score, weight) > 0 Then
        DoubtOf = DoubtOf + 2
    End If
    If Len(weight) > 0 Then
        If DecimalOrder(weight, FULL_MARKS) > 0 Then DoubtOf = DoubtOf + 3
    End If
End Function
