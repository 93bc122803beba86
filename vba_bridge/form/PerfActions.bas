Option Explicit
Option Compare Binary
' What the buttons do without Python, and how they ask Python for the rest.

Private mLastTold As String

' Tells the person one thing. In a macro run by another program nobody sees it: PerfLastTold gives it again.
Public Sub Tell(ByVal text As String)
    mLastTold = text
    MsgBox text, vbInformation, Sentence("macros.title")
End Sub

Public Function PerfLastTold() As String
    PerfLastTold = mLastTold
End Function

' ---- checking -------------------------------------------------------------------------------------------

Public Sub PerfCheckForm()
    Dim findings As Collection
    mLastTold = ""
    Set findings = CheckActiveForm()
    If findings Is Nothing Then
        If Len(mLastTold) = 0 Then Tell Sentence("macros.no-form")
    Else
        Tell Verdict(findings)
    End If
End Sub

' Whether the form may be submitted. Nothing is kept from anybody: this only tells.
Private Function Verdict(ByVal findings As Collection) As String
    Dim key As String
    key = "macros.fine"
    If findings.Count > 0 Then key = "macros.findings"
    If CountOf(findings, "error") > 0 Then key = "macros.errors"
    Verdict = Say(key, "error", CStr(CountOf(findings, "error")), "warning", CStr(CountOf(findings, "warning")))
    Verdict = Replace(Verdict, "{info}", CStr(CountOf(findings, "info")))
End Function

' Looks before submitting without marking anything.
Public Sub PerfCheckBeforeSubmitting()
    Dim sheet As Object, form As PerfForm
    Set sheet = ActiveFormSheet()
    If sheet Is Nothing Then
        Tell Sentence("macros.no-form")
        Exit Sub
    End If
    Set form = New PerfForm
    form.ReadSheet sheet
    Tell Verdict(FindingsIn(form))
End Sub

Public Sub PerfNextFinding()
    If Not GoToNext() Then Tell Sentence("addin.nothing-marked")
End Sub

Public Sub PerfClearMarks()
    If ReviewSheet(ActiveWorkbook) Is Nothing Then
        Tell Sentence("addin.nothing-marked")
    Else
        ClearMarks
        Tell Sentence("addin.marks-cleared")
    End If
End Sub

' ---- scoring --------------------------------------------------------------------------------------------

' The score by rule into every blank score cell; what is stated stays, and what differs is told.
Public Sub PerfScoreForm()
    Dim sheet As Object, form As PerfForm, indicator As PerfIndicator, judged As PerfJudgement
    Dim filled As Long, undecided As Long, differing As Long, details As String
    Set sheet = ActiveFormSheet()
    If sheet Is Nothing Then
        Tell Sentence("macros.no-form")
        Exit Sub
    End If
    Set form = New PerfForm
    form.ReadSheet sheet
    For Each indicator In form.Indicators
        Set judged = form.JudgementOf(indicator)
        If Len(indicator.Score) = 0 And Len(judged.Points) > 0 And Not form.IsUnread(indicator.Path & ".score") Then
            sheet.Range(form.PlaceOf(indicator.Path & ".score")).Value = DecimalNumber(judged.Points)
            filled = filled + 1
        ElseIf Len(indicator.Score) > 0 And judged.Decided Then
            If Not judged.Allows(indicator.Score, form.Profile.Whole("score_decimals")) Then
                differing = differing + 1
                details = details & vbLf & form.PlaceOf(indicator.Path & ".score") & " " & Explain(judged)
            End If
        ElseIf Not indicator.IsNotApplicable() Then
            undecided = undecided + 1
        End If
    Next indicator
    Tell Replace(Say("macros.scored", "count", CStr(filled), "undecided", CStr(undecided)), "{differing}", CStr(differing)) _
        & details
End Sub

' ---- files ----------------------------------------------------------------------------------------------

' The canonical JSON of the form, beside the workbook, or where the person says.
Public Sub PerfExportForm()
    Dim sheet As Object, path As String
    Set sheet = ActiveFormSheet()
    If sheet Is Nothing Then
        Tell Sentence("macros.no-form")
        Exit Sub
    End If
    path = AskForPath(sheet.Parent)
    If Len(path) > 0 Then PerfExportTo path
End Sub

' The same without asking.
Public Sub PerfExportTo(ByVal path As String)
    Dim form As PerfForm
    Set form = New PerfForm
    form.ReadSheet ActiveFormSheet()
    If form.Notes.Count > 0 Then
        Tell Say("macros.not-read", "count", CStr(form.Notes.Count))
    ElseIf WriteUtf8(path, JsonOf(form)) Then
        Tell Say("macros.exported", "path", path)
    Else
        Tell Say("macros.not-written", "path", path)
    End If
End Sub

Private Function AskForPath(ByVal book As Object) As String
    Dim proposed As String, answered As Variant
    proposed = Split(book.Name & ".", ".")(0) & ".json"
    If Len(book.Path) > 0 Then proposed = book.Path & Application.PathSeparator & proposed
    On Error GoTo NoDialog
    answered = Application.GetSaveAsFilename(proposed, "JSON (*.json),*.json")
    If VarType(answered) = vbString Then AskForPath = answered
    Exit Function
NoDialog:
    If Len(book.Path) > 0 Then AskForPath = proposed
End Function

' A blank form of a region: its template beside this file, else one that Python makes.
Public Sub PerfNewForm(ByVal identifier As String)
    Dim folder As String, path As String, book As Object
    folder = ThisWorkbook.Path & Application.PathSeparator
    path = FirstFile(folder & identifier & ".xlsm", folder & identifier & ".xlsx", _
        folder & "templates" & Application.PathSeparator & identifier & ".xlsm")
    If Len(path) = 0 Then
        If Not AskPython("new:" & identifier) Then Tell Say("macros.no-template", "file", identifier & ".xlsx")
        Exit Sub
    End If
    On Error GoTo NotOpened
    Set book = Workbooks.Add(path)
    Exit Sub
NotOpened:
    Tell Say("macros.not-opened", "path", path)
End Sub

Private Function FirstFile(ByVal one As String, ByVal other As String, ByVal last As String) As String
    If IsFile(last) Then FirstFile = last
    If IsFile(other) Then FirstFile = other
    If IsFile(one) Then FirstFile = one
End Function

Private Function IsFile(ByVal path As String) As Boolean
    On Error Resume Next
    IsFile = Len(Dir$(path)) > 0
End Function

' ---- Python ---------------------------------------------------------------------------------------------

' Runs a button's action in Python, where the add-in with its xlwings runtime is there; False where it is not.
Public Function AskPython(ByVal action As String) As Boolean
    On Error GoTo NoPython
    Application.Run "PerfRunPython", action
    AskPython = True
NoPython:
End Function

' An action that only Python can do.
Public Sub PerfPythonAction(ByVal action As String)
    If Not AskPython(action) Then Tell Sentence("macros.python-" & action)
End Sub

' Which profile the form follows, and where the functions are calculated.
Public Sub PerfShowSettings()
    Dim host As String
    host = "vba"
    On Error Resume Next
    host = Application.Run("PerfFunctionsIn")
    On Error GoTo 0
    Tell Say("macros.settings", "profile", ProfileOfBook(ActiveWorkbook).Id(), "host", Sentence("macros.host-" & host))
End Sub

' One entry of the menu: "python" or "vba" for the functions, "profile:" with an id for the workbook, else a look.
Public Sub PerfChangeSettings(ByVal choice As String)
    If Left$(choice, 8) = "profile:" Then
        ChooseProfile Mid$(choice, 9)
    ElseIf choice = "python" Or choice = "vba" Then
        ChooseHost choice
    Else
        PerfShowSettings
    End If
End Sub

' Only the add-in with its xlwings runtime has a choice.
Private Sub ChooseHost(ByVal host As String)
    On Error GoTo NoChoice
    Application.Run "PerfSetFunctionsIn", host
    PerfShowSettings
    Exit Sub
NoChoice:
    Tell Sentence("macros.host-fixed")
End Sub

' A workbook made from a template follows its template; any other follows a name it carries.
Private Sub ChooseProfile(ByVal id As String)
    Dim sheet As Object
    For Each sheet In ActiveWorkbook.Worksheets
        If Len(TemplateMark(sheet)) > 0 Then
            Tell Say("macros.profile-fixed", "profile", ProfileOfBook(ActiveWorkbook).Id())
            Exit Sub
        End If
    Next sheet
    WriteProfileName ActiveWorkbook, id
    If ProfileOfBook(ActiveWorkbook).Id() = id Then
        PerfShowSettings
    Else
        Tell Sentence("macros.profile-not-kept")
    End If
End Sub

' Puts the id in a name of the workbook. What fails shows when it is read again.
Private Sub WriteProfileName(ByVal book As Object, ByVal id As String)
    On Error Resume Next
    book.Names.Add PROFILE_NAME, "=""" & id & """"
    On Error GoTo 0
End Sub

' The sheet that explains the form; without one, where to read.
Public Sub PerfShowHelp()
    Dim sheet As Object
    For Each sheet In ActiveWorkbook.Worksheets
        If Not NamedCells(sheet, "perf_guide") Is Nothing And sheet.Name <> Sentence("review.sheet") Then
            sheet.Activate
            Exit Sub
        End If
    Next sheet
    Tell Sentence("macros.help")
End Sub
