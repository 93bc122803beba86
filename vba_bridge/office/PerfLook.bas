Option Explicit
Option Compare Binary
Option Private Module
' Whether cells show what they hold: number formats may scale, hide or add words, and text may be struck or hidden.

' How a format shows a number: "plain", "percent", or "" where it is not sure that a person sees the number itself.
Public Function NumberShownBy(ByVal format As String, ByVal number As Double) As String
    Dim sections As Variant
    If IsGeneral(format) Or format = "@" Then
        NumberShownBy = "plain"
        Exit Function
    End If
    ' Words and brackets may hold a semicolon; those sections are not plain either way.
    sections = Split(format, ";")
    If UBound(sections) > 0 And number < 0 Then Exit Function
    If UBound(sections) > 1 And number = 0 Then Exit Function
    NumberShownBy = SectionShows(sections(0))
End Function

' Whether a format shows a text as it is.
Public Function ShowsText(ByVal format As String) As Boolean
    ShowsText = (format = "@") Or Not (Holds(format, "@") Or UBound(Split(format, ";")) > 2)
End Function

Private Function IsGeneral(ByVal format As String) As Boolean
    Select Case LCase$(format)
    Case "", "general", "standard": IsGeneral = True
    Case Else: IsGeneral = (format = "G/" & Letters("general format"))
    End Select
End Function

' One section: digits, one point, commas of thousands, room for other signs, a yuan sign, one percent sign at the end.
Private Function SectionShows(ByVal section As String) As String
    Dim at As Long, character As String, zeros As Long, hasPoint As Boolean, isCounting As Boolean, last As String
    isCounting = True
    SectionShows = "plain"
    at = 1
    Do While at <= Len(section)
        character = Mid$(section, at, 1)
        Select Case character
        Case "0", "#", "?"
            If SectionShows = "percent" Then SectionShows = ""
            If character = "0" And isCounting Then zeros = zeros + 1
            last = "digit"
        Case "."
            If hasPoint Then SectionShows = ""
            hasPoint = True
            isCounting = False
            last = "point"
        Case ","
            isCounting = False
            If Not IsOneOf(CharAt(section, at + 1), "0#?") Then SectionShows = ""
        Case "_", "*"
            at = at + 1
        Case " ", ChrW(165), ChrW(65509)
        Case "%"
            If last = "" Or SectionShows <> "plain" Then SectionShows = ""
            If SectionShows = "plain" Then SectionShows = "percent"
        Case Else
            SectionShows = ""
        End Select
        If SectionShows = "" Then Exit Function
        at = at + 1
    Loop
    ' 000 shows 5 as 005; without any digit the number is hidden.
    If last = "" Or (zeros > 1 And SectionShows = "plain") Then SectionShows = ""
End Function

' Refuses struck text, and filled cells in hidden rows or columns.
Public Sub LookForUnseen(ByVal area As Object, ByVal grid As PerfGrid)
    Dim struck As Variant, row As Long, column As Long
    struck = area.Font.Strikethrough
    If VarType(struck) <> vbBoolean Then Refuse "struck", 0, 0
    If struck Then Refuse "struck", 0, 0
    For row = grid.FirstRow To grid.LastRow
        If grid.ItemsIn(row).Count > 0 Then
            If area.Worksheet.Rows(row).Hidden Then Refuse "hidden", row, 1
        End If
    Next row
    For column = grid.FirstColumn To grid.LastColumn
        If grid.IsFilled(column) Then
            If area.Worksheet.Columns(column).Hidden Then Refuse "hidden", 1, column
        End If
    Next column
End Sub
