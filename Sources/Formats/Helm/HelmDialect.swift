/// What ChartMuseum's clients read in answers (helm/chartmuseum, `pkg/chartmuseum/server/multitenant/api.go`): `helm cm-push` shows
/// its user `error`.
struct HelmDialect: Dialect {
    func words(for end: End) -> UploadAnswer? {
        switch end {
        case .upload(.created): .json(201) { $0.member("saved", true) }
        // For the plugin nothing but 201 and 202 is success, and ChartMuseum says 201 where it lets charts be sent again.
        case .upload(.unchanged): .json(201) { $0.member("saved", true) }
        case .upload(.refused(let refusal)) where refusal.cause == .conflict:
            .json(409) { $0.member("error", "file already exists: \(refusal)") }
        case .upload(.refused(let refusal)) where refusal.cause == .required: .json(409) { $0.member("error", "\(refusal)") }
        case .upload(.refused(let refusal)): .json(400) { $0.member("error", "\(refusal)") }
        case .fault(let status, let detail): .json(status) { $0.member("error", detail) }
        }
    }
}
