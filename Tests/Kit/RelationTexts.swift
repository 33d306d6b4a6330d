/// Lines of a control file, and what dpkg 1.21 makes of them: the judges of the program and of its tests share this table with dpkg itself.
struct RelationText: Sendable, CustomStringConvertible {
    enum Verdict: Sendable {
        case fine, warned, refused
    }

    var line: String
    var verdict: Verdict
    /// Refused although dpkg takes it: apt gives up the whole list.
    var breaksApt = false

    var description: String { line.replacing("\n", with: "⏎") }

    static let all: [RelationText] =
        fine.map { RelationText(line: $0, verdict: .fine) } + warned.map { RelationText(line: $0, verdict: .warned) }
        + refused.map { RelationText(line: $0, verdict: .refused) }
        + [RelationText(line: "Depends: a (=1)", verdict: .fine, breaksApt: true)]

    private static let fine = [
        "Depends: a", "Depends: a, b", "Depends: a | b", "Depends: a|b,c", "Depends: a (>= 1)", "Depends: a(>=1.0)",
        "Depends: a ( >= 1.0 ) , b",
        "Depends: a:any", "Depends: a:amd64 (<< 2)", "Depends: a,\n b (= 1:2-3~x+y),\n c", "Depends: A_b.c+d-e", "Depends: 0ad",
        "Pre-Depends: a | b (<= 1)", "Recommends: a\t|\tb", "Suggests: a (>> 1~)", "Enhances: a | b", "Conflicts: a, b (<< 1)",
        "Breaks: a (<< 1:0)", "Replaces: a:any", "Provides: a", "Provides: a (= 1.0), b", "Depends: a (>= +1:2)",
        "Depends: a (>= 0:0)",
        "Depends:", "Provides:", "PROVIDES: \t ", "Multi-Arch: foreign", "Multi-Arch: Allowed", "Multi-Arch: no", "Essential: no",
        "Essential: NO", "Depends: a (>= 1:2:3-4)", "Depends: a (>= 1-2-3)", "Depends: a (>= 2147483647:1)",
    ]

    private static let warned = [
        "Depends: a (> 1.0)", "Depends: a (< 1.0)", "Depends: a (1.0)", "Provides: a (>= 1.0)", "Provides: b, a (<< 2.0), c",
        "Depends: a (>= x1)", "Depends: a (>= 1_2)", "Depends: a (>= 1-2_3)", "Depends: a (= é)", "Conflicts: a (< 1.0)",
    ]

    private static let refused = [
        "Depends: ${shlibs:Depends}", "Depends: ${misc:Depends}, a", "Depends: a; b", "Depends: a,", "Depends: a, ",
        "Depends: a,,b",
        "Depends: , a", "Depends: | a", "Depends: a |", "Depends: a || b", "Depends: a b", "Depends: a [amd64]",
        "Depends: a <!x>",
        "Depends: a,\n b,", "Depends:\n a", "Depends: \t\n a,\n b", "Depends: _a", "Depends: é", "Depends: -a", "Depends: a/b",
        "Depends: @a", "Depends: a:", "Depends: a:x_y",
        "Depends: a::any", "Depends: a (", "Depends: a (>= 1", "Depends: a ()", "Depends: a (>= )", "Depends: a (>= 1) b",
        "Depends: a (>= 1)(<< 2)", "Depends: a (>= 1 2)", "Depends: a (== 1:)", "Depends: a (<> 1)", "Depends: a (>< 1)",
        "Depends: a (>= 1:)", "Depends: a (>= :1)", "Depends: a (>= x:1)", "Depends: a (>= -1:1)", "Depends: a (>= 2147483648:1)",
        "Depends: a (>= 99999999999999999999:1)", "Depends: a (>= 1-)", "Depends: a (>= -1)", "Depends: a (>= 1:-1)",
        "Depends: a )",
        "Depends: a (>= (1))", "Depends: >= 1", "Provides: a | b", "Conflicts: a | b", "Breaks: a | b", "Replaces: a | b",
        "Provides: a, ", "Recommended: a b", "Optional: a,", "Multi-Arch: same", "Multi-Arch: sometimes",
        "Multi-Arch: foreign, same",
        "Multi-Arch: foreign x", "Essential: maybe", "Essential: true", "Protected: 1",
    ]
}
