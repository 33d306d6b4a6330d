/// The pages for people are data: Mustache templates, which lie in `pages/`, and the files that they name, in `assets/`. All of it is compiled
/// into the program.
package enum PageTemplates {
    /// The text of each in UTF-8, by its name: an ecosystem's identifier for the page of a repository, `site` for the front page, `owner`,
    /// `package`, `names` and `search` for those, `layout` for what is around all of them, `crumbs` for the way that leads there.
    package static let all: [String: [UInt8]] = [
        "notfound": PackageResources.notfound_mustache,
        "alpine": PackageResources.alpine_mustache,
        "arch": PackageResources.arch_mustache,
        "cargo": PackageResources.cargo_mustache,
        "container": PackageResources.container_mustache,
        "crumbs": PackageResources.crumbs_mustache,
        "debian": PackageResources.debian_mustache,
        "generic": PackageResources.generic_mustache,
        "goproxy": PackageResources.goproxy_mustache,
        "helm": PackageResources.helm_mustache,
        "layout": PackageResources.layout_mustache,
        "maven": PackageResources.maven_mustache,
        "names": PackageResources.names_mustache,
        "npm": PackageResources.npm_mustache,
        "owner": PackageResources.owner_mustache,
        "package": PackageResources.package_mustache,
        "pypi": PackageResources.pypi_mustache,
        "rpm": PackageResources.rpm_mustache,
        "search": PackageResources.search_mustache,
        "site": PackageResources.site_mustache,
    ]

    /// What all pages share, by its name.
    package static let assets: [String: [UInt8]] = [
        "copy.js": PackageResources.copy_js,
        "icon.svg": PackageResources.icon_svg,
        "search.js": PackageResources.search_js,
        "style.css": PackageResources.style_css,
    ]
}
