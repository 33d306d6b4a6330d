internal import Formats

/// nginx's part of addresses directly behind the host that an ecosystem's clients ask for (`EcosystemProfile.siteBase`), whatever the path
/// of base_url is.
///
/// Who shows no credentials is answered from text: what credentials there are, and everybody's ticket. So what is public costs `indexgen
/// serve` no request.
struct NginxBase {
    let ecosystem: any Ecosystem
    /// The component.
    let base: String
    /// What the site's variables begin with.
    let variable: String
    /// The path of base_url.
    let prefix: String
    /// base_url without its path.
    let origin: String
    let readers: NginxReaders
    /// The public folder, for the inside of quotes.
    let root: String
    /// Lines that hand a request to `indexgen serve`; nil where there is none.
    let proxy: String?

    private var profile: EcosystemProfile { ecosystem.profile }
    private var site: String { String(variable.dropFirst()) }
    /// Readers' passwords, where something is private.
    private var passwords: String? { readers.patterns.isEmpty ? nil : readers.passwords }

    private func route(_ need: Question.Need) -> Route? {
        profile.siteRoutes.first { route in
            if case .ask(need) = route.purpose { true } else { false }
        }
    }

    private func question(_ route: Route) -> Question {
        Question(owner: "", route: route.path.text, method: .get, captures: [:])
    }

    /// Addresses of questions that always go to `indexgen serve`: regular expressions.
    var questions: [String] {
        profile.siteRoutes.compactMap { route in
            guard case .ask(let need) = route.purpose, need != .entrance, need != .ticket, route.methods.contains(.get) else {
                return nil
            }
            return "/\(base)/\(route.path.regularExpression)"
        }
    }

    // MARK: Headers

    /// What is said to whoever shows no credentials, in headers: of a 401 which credentials there are.
    private var headers: [(name: String, value: String)] {
        guard let entrance = route(.entrance) else { return [] }
        let greeting = ecosystem.dialect.reply(to: question(entrance), knowing: .nothing).headers.sorted { $0.key < $1.key }
        var challenges = ecosystem.dialect.challenges(at: question(entrance), base: origin) ?? [Credentials.challenge]
        if passwords != nil {
            // The password of a reader is worth nothing where tickets are made: it is asked for first.
            challenges = ["Basic realm=\"packages\""] + challenges.filter { !$0.hasPrefix("Basic ") }
        }
        return greeting.map { ($0.key, $0.value) } + (proxy == nil ? [] : challenges.map { ("WWW-Authenticate", $0) })
    }

    var maps: [String] {
        headers.enumerated().map { number, header in
            let status = header.name == "WWW-Authenticate" ? "401" : "(?:200|401)"
            return """
                map "$status $uri$http_authorization" \(variable)_\(base)_\(number) {
                    volatile;
                    default "";
                    "~^\(status) /\(base)/?$" \(Nginx.quoted(Array(header.value.utf8)));
                }
                """
        }
    }

    var headerLines: [String] {
        headers.enumerated().map { number, header in "add_header \(header.name) \(variable)_\(base)_\(number) always;" }
    }

    // MARK: Locations

    private static let handover = "    if ($http_authorization) { return 599; }"

    var locations: String {
        let blocks = entrance + ticket + [owners]
        return blocks.map { block in block.map { "    \($0)\n" }.joined() }.joined()
    }

    private func said(_ answer: UploadAnswer, status: Int? = nil) -> [String] {
        [
            "    types { }", "    default_type \(answer.contentType);",
            "    return \(status ?? answer.status) \(Nginx.quoted(answer.body));",
        ]
    }

    private func fault(_ status: Int, _ text: String) -> UploadAnswer {
        ecosystem.dialect.words(for: .fault(status, text), at: nil)
            ?? UploadAnswer(status: status, contentType: "text/plain", body: Array("\(text)\n".utf8))
    }

    /// Where clients look whether they need credentials, and whether theirs are right.
    private var entrance: [[String]] {
        guard let route = route(.entrance) else { return [] }
        let places = ["= /\(base)", "= /\(base)/"]
        let greeting = ecosystem.dialect.reply(to: question(route), knowing: .nothing)
        let refusal = fault(401, "say who you are, or ask for everybody's ticket")
        var blocks = proxy == nil ? [] : [["# Who shows no credentials is told from here which ones there are."]]
        guard let passwords else {
            let lines = proxy == nil ? said(greeting) : [Self.handover] + said(refusal, status: 401)
            return blocks + places.map { ["location \($0) {"] + lines + ["}"] }
        }
        // A reader's password, or a token if there is somebody to ask. What greets is reached only by whoever was let in.
        let welcome = "@\(site)_\(base)_welcome", shut = "@\(site)_\(base)_closed", check = "/_indexgen/\(base)entrance"
        var lines = ["    auth_basic \"packages\";", "    auth_basic_user_file \"\(passwords)\";"]
        if let proxy {
            blocks.append(
                ["location = \(check) {", "    internal;", "    rewrite ^ /\(base)/ break;"]
                    + proxy.split(separator: "\n").map { String($0.dropFirst(4)) }
                    + ["    proxy_pass_request_body off;", "    proxy_set_header Content-Length \"\";", "}"])
            lines = ["    if ($http_authorization = \"\") { return 401 \(Nginx.quoted(refusal.body)); }"] + lines
            lines += ["    satisfy any;", "    auth_request \(check);"]
        }
        lines = ["    types { }", "    default_type \(refusal.contentType);"] + lines
        lines += ["    error_page 401 = \(shut);", "    root \"\(root)\";", "    try_files /_indexgen/none \(welcome);"]
        return blocks + places.map { ["location \($0) {"] + lines + ["}"] }
            + [
                ["location \(welcome) {"] + said(greeting) + ["}"],
                ["location \(shut) {"] + said(refusal, status: 401) + ["}"],
            ]
    }

    /// Everybody's, for whoever shows no other credentials.
    private var ticket: [[String]] {
        guard let route = route(.ticket), proxy != nil else { return [] }
        // Issued when nginx says it; what a client counts from is its own clock.
        let moment = Timestamp(seconds: 0)
        let answer = ecosystem.dialect.reply(
            to: question(route), knowing: .ticket(Ticket.everybody, seconds: Ticket.validity, from: moment))
        let lines = said(answer).map { $0.replacing(moment.rfc3339, with: "$time_iso8601") }
        return [["location = /\(base)/\(route.path.text) {", Self.handover] + lines + ["}"]]
    }

    /// What is an owner's becomes its address below `OWNER/TYPE/`.
    private var owners: [String] {
        let type = profile.segment, place = "^/\(base)/([^/]+)/(.+)$"
        let note = "    if ($uri ~ \"\(place)\") { set \(variable)_asked \"\(prefix)/$1/\(type)/$2\"; }"
        return [
            "# \(type)'s own base: /\(base)/OWNER/REST is OWNER/\(type)/REST.", "location ^~ /\(base)/ {",
            "    if ($uri ~ \"[\\x00-\\x1f\\x7f]\") { return 404; }",
        ] + (readers.asksServe ? [note] : []) + ["    rewrite \"\(place)\" /_indexgen/public/$1/\(type)/$2 last;"]
            + said(fault(404, "nothing is at this address"), status: 404) + ["}"]
    }
}
