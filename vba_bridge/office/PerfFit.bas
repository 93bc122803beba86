Option Explicit
Option Compare Binary
Option Private Module
' Which region's form it is: points for what only that region prints, and against it. Without enough points for any region
' the form is read as the national one.

Private Const DEFAULT_PROFILE As String = "mof"
Private Const ENOUGH As Long = 2
Private Const MOST_LABELS As Long = 4

Private mPlaces As PerfOfficePlaces
Private mKeys As String

Public Function BestFit(ByVal places As PerfOfficePlaces) As PerfProfile
    Dim ids As Variant, index As Long, profile As PerfProfile, points As Long, most As Long
    Set mPlaces = places
    mKeys = KeysPrinted()
    ids = Split(Letters("profile ids"), "|")
    most = -1000
    For index = LBound(ids) To UBound(ids)
        Set profile = ProfileById(CStr(ids(index)))
        points = PointsFor(profile, ProfileById(DEFAULT_PROFILE))
        If ids(index) <> DEFAULT_PROFILE And points > most Then
            most = points
            Set BestFit = profile
        End If
    Next index
    If most < ENOUGH Then Set BestFit = ProfileById(DEFAULT_PROFILE)
End Function

' All labels and short texts of the form, with | around each.
Private Function KeysPrinted() As String
    Dim row As Long, item As PerfItem
    KeysPrinted = "|"
    For row = mPlaces.Grid.FirstRow To mPlaces.Sections.LastRow
        For Each item In mPlaces.Grid.ItemsIn(row)
            If Len(item.Key) > 0 Then KeysPrinted = KeysPrinted & Replace(item.Key, ":", ";") & "|"
        Next item
    Next row
End Function

Private Function PointsFor(ByVal profile As PerfProfile, ByVal national As PerfProfile) As Long
    PointsFor = OfTitle(profile) + OfUnit(profile, national) + OfTarget(profile) + OfLabels(profile) + OfPoints(profile) _
        + OfLevels(profile, national) + OfOrder(profile, national) + OfTotal(profile) + OfBase(profile, national) + OfPlace(profile)
End Function

Private Function OfTitle(ByVal profile As PerfProfile) As Long
    If Len(profile.Setting("fit_title")) = 0 Then Exit Function
    If Holds(mPlaces.ItemHeld("title").Plain, profile.Setting("fit_title")) Then OfTitle = 3
End Function

Private Function OfUnit(ByVal profile As PerfProfile, ByVal national As PerfProfile) As Long
    If mPlaces.Unit <> profile.Setting("unit") Then
        OfUnit = -2
    ElseIf profile.Setting("unit") <> national.Setting("unit") Then
        OfUnit = 2
    End If
End Function

' A target in three cells was refused, so that it stands in one here.
Private Function OfTarget(ByVal profile As PerfProfile) As Long
    If UBound(profile.Items("target_parts")) > 0 Then OfTarget = -3
End Function

Private Function OfLabels(ByVal profile As PerfProfile) As Long
    Dim list As Variant, index As Long
    list = profile.Items("fit_labels")
    For index = LBound(list) To UBound(list)
        If Len(list(index)) > 0 And Holds(mKeys, "|" & list(index) & "|") Then OfLabels = OfLabels + 1
    Next index
    If OfLabels > MOST_LABELS Then OfLabels = MOST_LABELS
End Function

' Points printed beside level 1.
Private Function OfPoints(ByVal profile As PerfProfile) As Long
    Dim row As Long, item As PerfItem
    If profile.Setting("fit_points") <> "yes" Then Exit Function
    OfPoints = -1
    For row = mPlaces.Sections.IndicatorsRow + 1 To mPlaces.Sections.TotalRow - 1
        Set item = mPlaces.ItemHeld("level1 " & row)
        If Not item Is Nothing Then
            If HasPoints(item.Plain) Then OfPoints = 1
        End If
    Next row
End Function

Private Function HasPoints(ByVal plain As String) As Boolean
    Dim at As Long, inside As String
    at = InStrRev(plain, "(")
    inside = Stripped(Mid$(plain, at + 1), ")" & Letters("points"))
    If at > 0 And Holds(plain, ")") Then HasPoints = IsDigits(inside)
    If EndsWith(plain, Letters("points")) And Len(plain) > 1 Then
        If IsDigit(Mid$(plain, Len(plain) - 1, 1)) Then HasPoints = True
    End If
End Function

Private Function IsDigits(ByVal text As String) As Boolean
    IsDigits = IsAllDigits(Replace(text, ".", "", 1, 1)) And IsDigit(Left$(text, 1))
End Function

Private Function OfLevels(ByVal profile As PerfProfile, ByVal national As PerfProfile) As Long
    Dim list As Variant, index As Long, own As Long, shown As Long
    If Len(mPlaces.ShownLevels) < 2 Then Exit Function
    list = Split(Stripped(mPlaces.ShownLevels, "|"), "|")
    For index = LBound(list) To UBound(list)
        If Not IsListed(profile, CStr(list(index))) Then OfLevels = -2
    Next index
    If OfLevels < 0 Then Exit Function
    list = profile.Items("level1")
    For index = LBound(list) To UBound(list)
        If Not IsListed(national, CStr(list(index))) Then
            own = own + 1
            If Holds(mPlaces.ShownLevels, "|" & list(index) & "|") Then shown = shown + 1
        End If
    Next index
    If own > 0 Then OfLevels = IIf(shown > 0, 2, -1)
End Function

Private Function IsListed(ByVal profile As PerfProfile, ByVal level1 As String) As Boolean
    IsListed = Holds("|" & profile.Setting("level1") & "|", "|" & level1 & "|")
End Function

Private Function OfOrder(ByVal profile As PerfProfile, ByVal national As PerfProfile) As Long
    Dim order As String, wanted As String
    order = "funds"
    If mPlaces.Sections.GoalsRow > 0 And mPlaces.Sections.GoalsRow < mPlaces.Sections.FundsRow Then order = "goals"
    wanted = profile.Setting("fit_order")
    If wanted = national.Setting("fit_order") Then
        If order <> wanted Then OfOrder = -1
    Else
        OfOrder = IIf(order = wanted, 2, -1)
    End If
End Function

' A total without execution.
Private Function OfTotal(ByVal profile As PerfProfile) As Long
    Dim item As PerfItem, full As String
    Set item = mPlaces.ItemHeld("total.weight")
    If item Is Nothing Or profile.Setting("includes_execution") = "yes" Then Exit Function
    full = profile.Setting("full_marks")
    If DecimalOrder(item.Number, DecimalDifference(full, profile.Setting("execution_weight"))) = 0 Then
        OfTotal = 2
    ElseIf DecimalOrder(item.Number, full) = 0 Then
        OfTotal = -2
    End If
End Function

' The budget that the printed rates are taken of, where they tell.
Private Function OfBase(ByVal profile As PerfProfile, ByVal national As PerfProfile) As Long
    Dim row As Long, ofInitial As Boolean, ofFullYear As Boolean, hasInitial As Boolean, hasFullYear As Boolean
    If profile.Setting("execution_base") = national.Setting("execution_base") Then Exit Function
    For row = mPlaces.Sections.FundsRow + 1 To mPlaces.FundsEnd()
        If mPlaces.IsHeld("label " & row) Then
            hasInitial = ProvesBudget(mPlaces, row, 0, "initial_budget")
            hasFullYear = ProvesBudget(mPlaces, row, 0, "full_year_budget")
            If hasInitial And Not hasFullYear Then ofInitial = True
            If hasFullYear And Not hasInitial Then ofFullYear = True
        End If
    Next row
    If ofInitial = ofFullYear Then Exit Function
    OfBase = IIf(profile.Setting("execution_base") = IIf(ofInitial, "initial_budget", "full_year_budget"), 2, -3)
End Function

' The place that department, unit or title name: the region's own speaks for it, any other a little against it.
Private Function OfPlace(ByVal profile As PerfProfile) As Long
    Dim text As String, at As Long
    text = PlainHeld("project.department") & " " & PlainHeld("project.implementing_unit") & " " & PlainHeld("title")
    If Holds(text, profile.Setting("fit_place")) Then
        OfPlace = 2
        Exit Function
    End If
    For at = 3 To Len(text)
        If IsChinese(CharAt(text, at - 1)) And IsChinese(CharAt(text, at - 2)) Then
            If IsOneOf(CharAt(text, at), Letters("place ends")) Or StartsAt(text, Letters("autonomous"), at) Then OfPlace = -1
        End If
    Next at
End Function

Private Function PlainHeld(ByVal path As String) As String
    Dim item As PerfItem
    Set item = mPlaces.ItemHeld(path)
    If Not item Is Nothing Then PlainHeld = item.Plain
End Function
