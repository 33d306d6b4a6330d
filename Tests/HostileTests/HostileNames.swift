/// File names as senders make them. `NAME` stands for the package's name.
enum HostileNames {
    static let all: [(what: String, filename: String)] = [
        ("a name with a line feed", "NAME\nadded everything"), ("a name with CR", "NAME\roverwritten"),
        ("a name with an escape sequence", "NAME\u{1b}[2J\u{1b}]0;owned\u{7}"), ("a name with C1 controls", "NAME\u{9b}31m"),
        ("a name with a hyphen first", "-NAME"), ("a name like an option", "--link=NAME"), ("a name with blanks", "NAME  x "),
        ("a name with right-to-left marks", "NAME\u{202e}fdp"), ("a name with a quote", "NAME'\"`"),
        ("a name that is shell", "NAME;$(reboot)|&"), ("a name that is a pattern", "NAME*?[a-z]"),
        ("a name with backslashes", "..\\..\\NAME"), ("a name with percent escapes", "%2e%2e%2fNAME"),
        ("a device's name", "CON.NAME"), ("a name with markup", "NAME<script>"),
        ("a name with a combining mark", "NAMEe\u{301}"), ("a name with a zero-width space", "NAME\u{200b}"),
        ("a name of 250 bytes", "NAME" + String(repeating: "n", count: 237)),
    ]
}
