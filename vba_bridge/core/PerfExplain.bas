Option Explicit
Option Compare Binary
Option Private Module
' The sentence for a score: why that many points, or why none.

' Why that score, or why none.
Public Function Explain(ByVal judgement As PerfJudgement) As String
    Dim text As String
    text = Sentence("scoring." & SentenceOf(judgement))
    text = Replace(text, "{target}", judgement.Target.Text)
    text = Replace(text, "{actual}", judgement.Actual.Text)
    text = Replace(text, "{answer}", IIf(Len(judgement.Actual.Answer) > 0, judgement.Actual.Answer, judgement.Actual.Text))
    text = Replace(text, "{ratio}", RatioOf(judgement))
    text = Replace(text, "{weight}", Shown(judgement.Weight))
    text = Replace(text, "{score}", IIf(Len(judgement.Points) > 0, Shown(judgement.Points), PointsOf(judgement)))
    text = Replace(text, "{range}", PointsOf(judgement))
    text = Replace(text, "{charge}", Shown(judgement.Charge))
    text = Replace(text, "{months}", IIf(judgement.Comparison.MonthsLate < 0, "", CStr(judgement.Comparison.MonthsLate)))
    Explain = text
End Function

' The sentence's name: some rules have a second one for want of a ratio.
Private Function SentenceOf(ByVal judgement As PerfJudgement) As String
    SentenceOf = judgement.Rule
    If Len(judgement.Rule) = 0 Then
        SentenceOf = "reason-" & judgement.Reason
    ElseIf Not judgement.Comparison.HasRatio() Then
        Select Case judgement.Rule
        Case "met", "ceiling-kept": SentenceOf = judgement.Rule & "-plain"
        Case "ceiling-ratio", "ceiling-linear": SentenceOf = "ceiling-zero"
        End Select
    End If
End Function

Private Function RatioOf(ByVal judgement As PerfJudgement) As String
    If Not judgement.Comparison.HasRatio() Then Exit Function
    RatioOf = DecimalShift(judgement.Comparison.Ratio(4), 2) & "%"
    If judgement.Comparison.RatioIsBound Then RatioOf = Words("bound signs").Meaning(judgement.Actual.Sign) & RatioOf
End Function

' 8.5, or the ends of a range; "" where there is none.
Public Function PointsOf(ByVal judgement As PerfJudgement) As String
    If Not judgement.Decided Then Exit Function
    PointsOf = Shown(judgement.LowPoints)
    If DecimalOrder(judgement.LowPoints, judgement.HighPoints) <> 0 Then
        PointsOf = PointsOf & ChrW(8211) & Shown(judgement.HighPoints)
    End If
End Function

' A number as a person writes it.
Public Function Shown(ByVal number As String) As String
    If Len(number) > 0 Then Shown = DecimalPlain(number)
End Function
