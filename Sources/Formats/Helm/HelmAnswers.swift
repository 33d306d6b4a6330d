/// What ChartMuseum's clients read in answers (helm/chartmuseum, `pkg/chartmuseum/server/multitenant/api.go`): `helm cm-push` shows
/// its user `error`.
extension Helm {
    public func answer(to result: UploadResult) -> UploadAnswer? {
        switch result {
        case .created: .json(201) { $0.member("saved", true) }
        case .unchanged: .json(200) { $0.member("saved", true) }
        case .refused(let refusal) where refusal.cause == .conflict:
            .json(409) { $0.member("error", "file already exists: \(refusal)") }
        case .refused(let refusal): .json(400) { $0.member("error", "\(refusal)") }
        }
    }
}
