Option Explicit
Option Compare Binary
Option Private Module
' Profiles, sentences, and what follows from the money: execution rate and score.

Private Const DEFAULT_PROFILE As String = "mof"
' A spreadsheet cell holds no more.
Private Const MOST_DIGITS As Long = 15
Private Const TEMPLATE_NAME As String = "perf_template"
' A name of the workbook that holds a profile id as a text, for workbooks not made from a template.
Public Const PROFILE_NAME As String = "perf_profile"

Global ProfilesKnown As Collection

' The profile of that id; Nothing for one that was not shipped.
Public Function ProfileById(ByVal identifier As String) As PerfProfile
    Dim profile As PerfProfile, text As String
    If ProfilesKnown Is Nothing Then Set ProfilesKnown = New Collection
    On Error Resume Next
    Set profile = ProfilesKnown.Item(identifier)
    On Error GoTo 0
    ' A Collection takes MOF for mof.
    If Not profile Is Nothing Then
        If profile.Id() <> identifier Then Exit Function
    End If
    If profile Is Nothing Then
        text = ProfileText(identifier)
        If Len(text) = 0 Then Exit Function
        Set profile = New PerfProfile
        profile.Fill identifier, text
        ProfilesKnown.Add profile, identifier
    End If
    Set ProfileById = profile
End Function

' The profile the workbook with the formula was made from: its template cell says so, else its property.
Public Function ProfileOfWorkbook() As PerfProfile
    Set ProfileOfWorkbook = ProfileOfBook(CallingBook())
End Function

' The profile of the first sheet made from a template, else the one the workbook names, else the default.
Public Function ProfileOfBook(ByVal book As Object) As PerfProfile
    Dim sheet As Object, mark As String
    On Error Resume Next
    For Each sheet In book.Worksheets
        mark = TemplateMark(sheet)
        If Len(mark) > 0 Then Exit For
    Next sheet
    If Len(mark) = 0 Then mark = Replace(Replace(book.Names(PROFILE_NAME).RefersTo, "=", ""), """", "")
    If Len(mark) = 0 Then mark = book.CustomDocumentProperties("perfeval_profile").Value
    On Error GoTo 0
    Set ProfileOfBook = ProfileById(Split(mark & "/", "/")(0))
    If ProfileOfBook Is Nothing Then Set ProfileOfBook = ProfileById(DEFAULT_PROFILE)
End Function

' What the small cell of a template says ("mof/v1"); "" on any other sheet.
Public Function TemplateMark(ByVal sheet As Object) As String
    Dim cell As Object
    Set cell = NamedCells(sheet, TEMPLATE_NAME)
    If Not cell Is Nothing Then TemplateMark = Trim$(TextOrNothing(cell.Cells(1, 1).Value))
End Function

' The cells of a name that belongs to the sheet; Nothing where there is none. Asking the sheet's names and then
' the sheet for the address is what every host understands.
Public Function NamedCells(ByVal sheet As Object, ByVal wanted As String) As Object
    Dim address As String
    On Error Resume Next
    address = sheet.Names(wanted).RefersTo
    If Len(address) = 0 Then Exit Function
    If Holds(address, "#REF!") Then Exit Function
    Set NamedCells = sheet.Range(Mid$(address, InStrRev(address, "!") + 1))
End Function

' The workbook whose cell is being computed; an add-in computes for others.
Private Function CallingBook() As Object
    On Error Resume Next
    Set CallingBook = Application.Caller.Parent.Parent
    If CallingBook Is Nothing Then Set CallingBook = ThisWorkbook
End Function

' A sentence with places in braces still open.
Public Function Sentence(ByVal key As String) As String
    Sentence = SentenceText(key)
    If Len(Sentence) = 0 Then Sentence = key
End Function

' The sentence with one place filled.
Public Function Say(ByVal key As String, Optional ByVal place1 As String, Optional ByVal value1 As String, _
    Optional ByVal place2 As String, Optional ByVal value2 As String) As String
    Say = Sentence(key)
    If Len(place1) > 0 Then Say = Replace(Say, "{" & place1 & "}", value1)
    If Len(place2) > 0 Then Say = Replace(Say, "{" & place2 & "}", value2)
End Function

' ---- money ----------------------------------------------------------------------------------------------

' The rate as a ratio, rounded half-up to the region's decimals of a percent; "" without a budget above 0.
Public Function ExecutionRate(ByVal executed As String, ByVal budget As String, ByVal profile As PerfProfile) As String
    If Len(executed) = 0 Or Len(budget) = 0 Then Exit Function
    If DecimalOrder(budget, "0") <= 0 Then Exit Function
    ExecutionRate = DecimalQuotient(executed, budget, profile.Whole("rate_decimals") + 2)
End Function

' Rate times weight, at most the weight, never below 0.
Public Function ExecutionScore(ByVal rate As String, ByVal weight As String, ByVal profile As PerfProfile) As String
    If Len(rate) = 0 Or Len(weight) = 0 Then Exit Function
    ExecutionScore = DecimalRound(DecimalProduct(rate, weight), profile.Whole("score_decimals"))
    ExecutionScore = DecimalMore("0", DecimalLess(weight, ExecutionScore))
End Function

' ---- numbers and labels as they are typed ---------------------------------------------------------------

' The number a text shows: full width, with thousands commas, or followed by the unit. "" for a blank or a dash.
Public Function NumberInText(ByVal text As String, ByVal unit As String, ByRef isWrong As Boolean) As String
    Dim plain As String
    isWrong = False
    plain = Without(HalfWidth(text), Letters("blanks"))
    If Len(plain) = 0 Or Words("dashes").Has(plain) Then Exit Function
    If Len(unit) > 0 And EndsWith(plain, unit) Then plain = Left$(plain, Len(plain) - Len(unit))
    If HasThousands(plain) Then plain = Replace(plain, ",", "")
    isWrong = Not IsPlainNumber(plain)
    If Not isWrong Then NumberInText = DecimalPlain(WithoutPrefix(plain, "+"))
End Function

' 1,234.5 and the like, with groups of three.
Private Function HasThousands(ByVal text As String) As Boolean
    Dim whole As String
    whole = Split(WithoutSign(text) & ".", ".")(0)
    HasThousands = Holds(whole, ",") And IsGrouped(whole)
End Function

' Digits in groups of three, with commas between: 1,234.
Public Function IsGrouped(ByVal whole As String) As Boolean
    Dim groups As Variant, index As Long
    groups = Split(whole, ",")
    IsGrouped = Len(groups(0)) <= 3 And IsAllDigits(groups(0))
    For index = 1 To UBound(groups)
        If Len(groups(index)) <> 3 Or Not IsAllDigits(groups(index)) Then IsGrouped = False
    Next index
End Function

Private Function IsPlainNumber(ByVal text As String) As Boolean
    Dim digits As String
    text = WithoutSign(text)
    digits = Replace(text, ".", "", 1, 1)
    IsPlainNumber = IsAllDigits(digits) And Len(Replace(DecimalPlain(text), ".", "")) <= MOST_DIGITS
End Function

Private Function WithoutSign(ByVal text As String) As String
    WithoutSign = text
    If IsOneOf(Left$(text, 1), "+-") Then WithoutSign = Mid$(text, 2)
End Function

' Full-width letters, digits and signs as half-width ones.
Public Function HalfWidth(ByVal text As String) As String
    Dim at As Long, code As Long, made As String, start As Long
    start = 1
    For at = 1 To Len(text)
        code = AscW(Mid$(text, at, 1)) And &HFFFF&
        If code >= 65281 And code <= 65374 Then
            made = made & Mid$(text, start, at - start) & ChrW(code - 65248)
            start = at + 1
        End If
    Next at
    HalfWidth = made & Mid$(text, start)
End Function

' A label without what print and typing add: white space, width, colon, star, numbering, closing (...).
Public Function LabelKey(ByVal label As String) As String
    Dim plain As String, bare As String, start As Long, finish As Long
    plain = Stripped(Without(HalfWidth(label), Letters("blanks")), "*:." & Letters("label ends"))
    bare = plain
    finish = InStr(1, bare, ")")
    Do While finish > 0
        start = InStrRev(bare, "(", finish)
        If start = 0 Then
            finish = InStr(finish + 1, bare, ")")
        Else
            bare = Left$(bare, start - 1) & Mid$(bare, finish + 1)
            finish = InStr(start, bare, ")")
        End If
    Loop
    bare = Stripped(bare, "*:")
    LabelKey = IIf(Len(bare) > 0, bare, plain)
End Function
