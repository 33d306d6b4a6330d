/// The pages for people are data: Mustache templates, which lie in `pages/` and are compiled into the program.
package enum PageTemplates {
    /// The text of each in UTF-8, by its name: an ecosystem's identifier, `site` for the front page, `layout` for what is around them.
    package static let all: [String: [UInt8]] = [
        "alpine": PackageResources.alpine_mustache,
        "arch": PackageResources.arch_mustache,
        "cargo": PackageResources.cargo_mustache,
        "container": PackageResources.container_mustache,
        "debian": PackageResources.debian_mustache,
        "generic": PackageResources.generic_mustache,
        "goproxy": PackageResources.goproxy_mustache,
        "helm": PackageResources.helm_mustache,
        "layout": PackageResources.layout_mustache,
        "maven": PackageResources.maven_mustache,
        "npm": PackageResources.npm_mustache,
        "pypi": PackageResources.pypi_mustache,
        "rpm": PackageResources.rpm_mustache,
        "site": PackageResources.site_mustache,
    ]
}
