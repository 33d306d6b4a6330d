/// PyPI's simple index as web servers hand it out (PEP 503, PEP 691): one URL, HTML or JSON.
enum PyPIServing {
    static let simple = FolderChoice(
        remark: "PyPI's simple index: one URL, HTML or JSON as the client asks.", folder: "simple", names: "0-9a-z-",
        rule: "PEP 691: a JSON range with q=0 is a refusal, any other mention of the JSON type asks for JSON.",
        variants: [
            .init(
                "json", ending: "json", type: "application/vnd.pypi.simple.v1+json", mediaRange: range("json"),
                canBeRefused: true,
                keepsType: true),
            .init("v1html", ending: "html", type: "application/vnd.pypi.simple.v1+html", mediaRange: range("html")),
            .init("html", ending: "html", type: "text/html"),
        ],
        spelling: .init(
            remark:
                "Names that are not normalised (PEP 503). More than six capitals of one kind, or 36 separators, are in no name.",
            mendable: #"(?=[^/]*(?:[A-Z_.]|--))(?![^/]*([A-Z])(?:[^/]*\1){6})(?!(?:[^/._-]*[._-]+){37})[0-9A-Za-z._-]+"#,
            example: (name: "some-name", spelling: "Some_Name"), runs: 6))

    private static func range(_ form: String) -> String { #"application/vnd\.pypi\.simple\.(?:v1|latest)\+"# + form }
}
