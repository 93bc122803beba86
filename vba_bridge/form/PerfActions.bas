Option Explicit
Option Compare Binary
Option Private Module
' What the buttons do: in Python where the add-in has one, else here. Every error becomes one sentence.

' A message box cuts at about 1,023 characters.
Private Const MOST_CHARACTERS As Long = 900
Private Const INFORMATION As Long = 64
Private Const IN_FRONT As Long = 4096

Private mLastTold As String

' Tells the person one thing. In a macro run by another program nobody sees it: PerfLastTold gives it again.
Public Sub Tell(ByVal text As String)
    Dim shell As Object
    mLastTold = Shortened(text)
    On Error GoTo Plain
    ' MsgBox shows question marks for what the system's code page lacks; this window does not. Windows only.
    Set shell = CreateObject("WScript.Shell")
    shell.Popup mLastTold, 0, Sentence("macros.title"), INFORMATION + IN_FRONT
    Exit Sub
Plain:
    MsgBox mLastTold, vbInformation, Sentence("macros.title")
End Sub

Public Function PerfLastTold() As String
    PerfLastTold = mLastTold
End Function

' Whole lines as far as a message box shows them, and how many there are more.
Private Function Shortened(ByVal text As String) As String
    Dim lines As Variant, index As Long, more As Long
    Shortened = text
    If Len(text) <= MOST_CHARACTERS Then Exit Function
    lines = Split(text, vbLf)
    Shortened = Left$(lines(0), MOST_CHARACTERS)
    For index = 1 To UBound(lines)
        If more = 0 And Len(Shortened) + Len(lines(index)) < MOST_CHARACTERS Then
            Shortened = Shortened & vbLf & lines(index)
        Else
            more = more + 1
        End If
    Next index
    If more > 0 Then Shortened = Shortened & vbLf & Say("addin.more-lines", "count", CStr(more))
End Function

' Does what a button is for. Whatever fails is told; nobody sees a debugger.
Public Sub PerfDo(ByVal action As String, ByVal detail As String)
    Dim why As String
    mLastTold = ""
    On Error GoTo Failed
    Select Case action
    Case "new": PerfNewForm detail
    Case "help": PerfShowHelp
    Case Else
        If HasWorkbook() Then
            DoInWorkbook action, detail
        Else
            Tell NoWorkbook()
        End If
    End Select
    PerfRefreshRibbon
    Exit Sub
Failed:
    why = Err.Description
    On Error Resume Next
    Application.ScreenUpdating = True
    Tell Say("macros.failed", "why", why)
End Sub

Private Sub DoInWorkbook(ByVal action As String, ByVal detail As String)
    Select Case action
    Case "settings": PerfChangeSettings detail
    Case "python": PerfPythonAction detail
    Case "undo": PerfPythonAction "undo"
    Case "undo-scores": TakeChangesBack
    Case Else
        If HostAsksFirst() Then
            If HostRunsPython(action) Then Exit Sub
        End If
        DoInVba action
    End Select
End Sub

Private Sub DoInVba(ByVal action As String)
    Select Case action
    Case "check": PerfCheckForm
    Case "submit": PerfCheckBeforeSubmitting
    Case "next": PerfNextFinding
    Case "clear": PerfClearMarks
    Case "score": PerfScoreForm
    Case "export-json": PerfExportForm
    End Select
End Sub

' ---- what can be done -----------------------------------------------------------------------------------

Public Function HasWorkbook() As Boolean
    HasWorkbook = Not ActiveWorkbook Is Nothing
End Function

' A workbook in Protected View is none until editing is allowed.
Private Function NoWorkbook() As String
    Dim window As Object
    NoWorkbook = Sentence("macros.no-workbook")
    On Error Resume Next
    Set window = Application.ActiveProtectedViewWindow
    If Not window Is Nothing Then NoWorkbook = Sentence("macros.protected-view")
End Function

' Whether an item of the ribbon can do anything now.
Public Function PerfCanDo(ByVal item As String) As Boolean
    PerfCanDo = True
    On Error Resume Next
    Select Case item
    Case "perfScore", "perfCheck", "perfSubmit", "perfExport"
        PerfCanDo = HasForm() Or (HasWorkbook() And HostHasPython())
    Case "perfNext", "perfClear"
        PerfCanDo = HasMarks()
    Case "perfImport", "perfSummary", "perfReport"
        PerfCanDo = HasWorkbook() And HostHasPython()
    Case "perfSettingsPython", "perfSettingsVba"
        PerfCanDo = HostHasPython()
    Case "perfProfileMenu"
        PerfCanDo = HasWorkbook() And Not HasTemplate()
    End Select
End Function

Private Function HasForm() As Boolean
    HasForm = Not ActiveFormSheet() Is Nothing
End Function

Private Function HasTemplate() As Boolean
    Dim sheet As Object
    For Each sheet In ActiveWorkbook.Worksheets
        If Len(TemplateMark(sheet)) > 0 Then HasTemplate = True
    Next sheet
End Function

Private Function HasMarks() As Boolean
    If HasWorkbook() Then HasMarks = Not ReviewSheet(ActiveWorkbook) Is Nothing
End Function

' What to say where there is no form, or one that only Python reads for sure.
Private Sub TellNoForm()
    If ActiveFormSheet() Is Nothing Then
        Tell Sentence("macros.no-form")
    Else
        Tell NoFormTold()
    End If
End Sub

' ---- checking -------------------------------------------------------------------------------------------

Public Sub PerfCheckForm()
    Dim findings As Collection
    If ActiveForm() Is Nothing Then
        TellNoForm
    ElseIf ActiveWorkbook.ProtectStructure Then
        Tell Sentence("macros.structure-protected")
    Else
        Set findings = CheckActiveForm()
        If Not findings Is Nothing Then Tell Verdict(findings)
    End If
End Sub

' Whether the form may be submitted. Nothing is kept from anybody: this only tells, also what was not looked at.
Private Function Verdict(ByVal findings As Collection) As String
    Dim key As String
    key = "macros.fine"
    If findings.Count > 0 Then key = "macros.findings"
    If CountOf(findings, "error") > 0 Then key = "macros.errors"
    Verdict = Say(key, "error", CStr(CountOf(findings, "error")), "warning", CStr(CountOf(findings, "warning")))
    Verdict = Replace(Verdict, "{info}", CStr(CountOf(findings, "info"))) & vbLf & Sentence("macros.not-checked")
End Function

' Looks before submitting without marking anything.
Public Sub PerfCheckBeforeSubmitting()
    Dim form As PerfForm
    Set form = ActiveForm()
    If form Is Nothing Then
        TellNoForm
        Exit Sub
    End If
    Tell Verdict(FindingsIn(form))
End Sub

Public Sub PerfNextFinding()
    If Not GoToNext() Then Tell Sentence("addin.nothing-marked")
End Sub

Public Sub PerfClearMarks()
    If ReviewSheet(ActiveWorkbook) Is Nothing Then
        Tell Sentence("addin.nothing-marked")
    ElseIf ActiveWorkbook.ProtectStructure Then
        Tell Sentence("macros.structure-protected")
    Else
        ClearMarks
        If Len(mLastTold) = 0 Then Tell Sentence("addin.marks-cleared")
    End If
End Sub

' ---- scoring --------------------------------------------------------------------------------------------

' The score by rule into every blank score cell; what is stated stays, and what differs is told. All or nothing.
Public Sub PerfScoreForm()
    Dim form As PerfForm, message As String, why As String
    Set form = ActiveForm()
    If form Is Nothing Then
        TellNoForm
        Exit Sub
    End If
    StartChanges form.Sheet
    On Error GoTo Failed
    message = ScoredBy(form)
    On Error GoTo 0
    OfferUndo "PerfUndoScores"
    Tell message
    Exit Sub
Failed:
    why = Err.Description
    TakeChangesBack
    Tell Say("macros.failed", "why", why)
End Sub

Private Function ScoredBy(ByVal form As PerfForm) As String
    Dim indicator As PerfIndicator, judged As PerfJudgement, cell As Object, address As String
    Dim filled As Long, undecided As Long, differing As Long, kept As String, details As String
    For Each indicator In form.Indicators
        Set judged = form.JudgementOf(indicator)
        address = form.PlaceOf(indicator.Path & ".score")
        If Len(address) = 0 Or form.IsUnread(indicator.Path & ".score") Then
            undecided = undecided + 1
        ElseIf Len(indicator.Score) = 0 And Len(judged.Points) > 0 Then
            Set cell = form.Sheet.Range(address)
            If IsFree(cell) Then
                ChangeCell cell, DecimalNumber(judged.Points)
                filled = filled + 1
            Else
                kept = kept & IIf(Len(kept) > 0, Letters("list comma"), "") & address
            End If
        ElseIf Len(indicator.Score) > 0 And judged.Decided Then
            If Not judged.Allows(indicator.Score, form.Profile.Whole("score_decimals")) Then
                differing = differing + 1
                details = details & vbLf & address & " " & Explain(judged)
            End If
        ElseIf Not indicator.IsNotApplicable() Then
            undecided = undecided + 1
        End If
    Next indicator
    ScoredBy = Say("macros.scored", "count", CStr(filled), "undecided", CStr(undecided))
    ScoredBy = Replace(ScoredBy, "{differing}", CStr(differing))
    If Len(kept) > 0 Then ScoredBy = ScoredBy & vbLf & Say("macros.kept", "cells", kept)
    ScoredBy = ScoredBy & details
End Function

' ---- files ----------------------------------------------------------------------------------------------

' The canonical JSON of the form, beside the workbook, or where the person says.
Public Sub PerfExportForm()
    Dim form As PerfForm, path As String
    Set form = ActiveForm()
    If form Is Nothing Then
        TellNoForm
        Exit Sub
    End If
    path = AskForPath(form.Sheet.Parent)
    If Len(path) > 0 Then PerfExportTo path
End Sub

' The same without asking.
Public Sub PerfExportTo(ByVal path As String)
    Dim form As PerfForm
    Set form = ActiveForm()
    If form Is Nothing Then
        TellNoForm
    ElseIf form.Notes.Count > 0 Then
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
    Dim folder As String, path As String
    folder = ThisWorkbook.Path & Application.PathSeparator
    path = FirstFile(folder & identifier & ".xlsm", folder & identifier & ".xlsx", _
        folder & "templates" & Application.PathSeparator & identifier & ".xlsm")
    If Len(path) = 0 Then
        If Not HostRunsPython("new:" & identifier) Then Tell Say("macros.no-template", "file", identifier & ".xlsx")
        Exit Sub
    End If
    On Error GoTo NotOpened
    Workbooks.Add path
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

' An action that only Python can do.
Public Sub PerfPythonAction(ByVal action As String)
    If Not HostRunsPython(action) Then Tell Sentence("macros.python-" & action)
End Sub

' Which profile the form follows, and where the functions are calculated.
Public Sub PerfShowSettings()
    Tell Say("macros.settings", "profile", ProfileOfBook(ActiveWorkbook).Id(), _
        "host", Sentence("macros.host-" & HostFunctionsIn()))
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
    If HostChooses(host) Then
        CalculateAgain
        PerfShowSettings
    Else
        Tell Sentence("macros.host-fixed")
    End If
End Sub

' A workbook made from a template follows its template; any other follows a name it carries.
Private Sub ChooseProfile(ByVal id As String)
    If HasTemplate() Then
        Tell Say("macros.profile-fixed", "profile", ProfileOfBook(ActiveWorkbook).Id())
        Exit Sub
    End If
    WriteProfileName ActiveWorkbook, id
    CalculateAgain
    If ProfileOfBook(ActiveWorkbook).Id() = id Then
        PerfShowSettings
    Else
        Tell Sentence("macros.profile-not-kept")
    End If
End Sub

' Formulas do not know that a setting was changed.
Private Sub CalculateAgain()
    ForgetProfile
    On Error Resume Next
    Application.CalculateFull
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
    If HasWorkbook() Then
        For Each sheet In ActiveWorkbook.Worksheets
            If Not NamedCells(sheet, "perf_guide") Is Nothing And sheet.Name <> Sentence("review.sheet") Then
                sheet.Activate
                Exit Sub
            End If
        Next sheet
    End If
    Tell Sentence("macros.help")
End Sub
