/// What ChartMuseum's clients read in answers (helm/chartmuseum, `pkg/chartmuseum/server/multitenant/api.go`): `helm cm-push` shows
/// its user `error`.
extension Helm {
    package func answer(to result: UploadResult) -> UploadAnswer? {
        switch result {
        case .created: .json(201) { $0.member("saved", true) }
        // For the plugin nothing but 201 and 202 is success, and ChartMuseum says 201 where it lets charts be sent again.
        case .unchanged: .json(201) { $0.member("saved", true) }
        case .refused(let refusal) where refusal.cause == .conflict:
            .json(409) { $0.member("error", "file already exists: \(refusal)") }
        case .refused(let refusal): .json(400) { $0.member("error", "\(refusal)") }
        }
    }

    package func answer(toFault status: Int, _ detail: String) -> UploadAnswer? { .json(status) { $0.member("error", detail) } }
}
