/// What twine (7) and uv (0.13) understand: 200 and nothing else is success, also for bytes that are there already, since neither can
/// be told to skip them on an index that is not PyPI. Of a failure twine prints the reason phrase and the body.
extension PyPI {
    package func answer(to result: UploadResult) -> UploadAnswer? {
        switch result {
        case .created, .unchanged:
            return UploadAnswer(status: 200, contentType: "text/plain; charset=utf-8", body: [])
        case .refused(let refusal):
            // Warehouse's words, which clients look for.
            let text = refusal.cause == .conflict ? "File already exists: \(refusal)" : "\(refusal)"
            return UploadAnswer(
                status: 400, reason: text, contentType: "text/plain; charset=utf-8", body: [UInt8](text + "\n"))
        }
    }

    package func answer(toFault status: Int, _ detail: String) -> UploadAnswer? {
        UploadAnswer(
            status: status, reason: detail, contentType: "text/plain; charset=utf-8", body: [UInt8](detail + "\n"))
    }
}
