/// What twine (7) and uv (0.13) understand: 200 and nothing else is success, also for bytes that are there already, since neither can
/// be told to skip them on an index that is not PyPI. Of a failure twine prints the reason phrase and the body.
struct PyPIDialect: Dialect {
    func check(_ form: Form, of record: PackageRecord, upload: Upload) throws(Refusal) {
        try PyPIForm.check(form, of: record, upload: upload)
    }

    func words(for end: End) -> UploadAnswer? {
        switch end {
        case .upload(.created), .upload(.unchanged): UploadAnswer(status: 200, contentType: Self.type, body: [])
        // Warehouse's words, which clients look for.
        case .upload(.refused(let refusal)) where refusal.cause == .conflict: Self.fault(400, "File already exists: \(refusal)")
        case .upload(.refused(let refusal)): Self.fault(400, "\(refusal)")
        case .fault(let status, let detail): Self.fault(status, detail)
        }
    }

    private static let type = "text/plain; charset=utf-8"

    private static func fault(_ status: Int, _ words: String) -> UploadAnswer {
        UploadAnswer(status: status, reason: words, contentType: type, body: [UInt8](words + "\n"))
    }
}
