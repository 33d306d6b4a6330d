/// What Maven's clients understand: 2xx is success; of a failure mvn prints status and reason phrase and nothing else, Gradle and sbt the
/// same. (Seen with mvn 3.8.7.)
struct MavenDialect: Dialect {
    func words(for end: End) -> UploadAnswer? {
        switch end {
        case .upload(.created): Self.text(201, "")
        case .upload(.unchanged): Self.text(200, "")
        case .upload(.refused(let refusal)): Self.text(Self.status(of: refusal.cause), "\(refusal)")
        case .fault(let status, let detail): Self.text(status, detail)
        }
    }

    private static func status(of cause: Refusal.Cause) -> Int {
        switch cause {
        case .conflict, .missing, .required: 409
        case .quota: 507
        case .truncated, .malformed, .limit, .unsupported, .ambiguous, .placement: 400
        }
    }

    private static func text(_ status: Int, _ words: String) -> UploadAnswer {
        UploadAnswer(
            status: status, reason: words.isEmpty ? nil : words, contentType: "text/plain; charset=utf-8",
            body: words.isEmpty ? [] : [UInt8](words + "\n"))
    }
}
