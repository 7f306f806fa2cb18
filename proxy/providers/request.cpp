#include "proxy/providers/request.hpp"

#include "proxy/base/ascii.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

namespace millrace::providers {

namespace {

prepared wrong(std::string problem) {
    return {std::nullopt, std::move(problem)};
}

bool is_unreserved(char c) noexcept {
    return ascii::is_alpha(c) || ascii::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// RFC 3986 2.1: everything but unreserved characters.
std::string percent_encoded(std::string_view text) {
    std::string made;
    for (auto const c : text) {
        made += is_unreserved(c) ? std::string{c}
                                 : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return made;
}

std::string base64(std::string_view text) {
    std::string made(4 * ((text.size() + 2) / 3) + 1, '\0');
    auto const* from = reinterpret_cast<const unsigned char*>(text.data());
    auto* to = reinterpret_cast<unsigned char*>(made.data());
    auto const size = EVP_EncodeBlock(to, from, static_cast<int>(text.size()));
    made.resize(static_cast<std::size_t>(size));
    return made;
}

/// What placeholders of params and body stand for. A variable may take the place of `name`.
placeholder_value values_of(const question& about) {
    return [&about](std::string_view name) -> std::optional<std::string> {
        auto const elapsed = std::max<std::int64_t>(about.elapsed.count(), 1);
        if (name == "elapsedTime") {
            return fmt::format("{}", elapsed);
        }
        auto const& all = about.variables;
        auto const found = std::find_if(all.rbegin(), all.rend(), [name](const auto& each) {
            return each.name == name;
        });
        if (found != all.rend()) {
            return found->value;
        }
        if (name == "interval") {
            return fmt::format("{}s", elapsed);
        }
        return name == "name" ? std::optional{about.version} : std::nullopt;
    };
}

bool is_header_text(std::string_view text) noexcept {
    return std::none_of(text.begin(), text.end(), [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

/// Fills in where the request goes; returns what is wrong with the URL, or nothing.
std::string read_url(std::string_view url, request& to) {
    to.tls = url.starts_with("https://");
    url.remove_prefix(to.tls ? 8 : 7);
    auto const end = url.find_first_of("/?");
    to.authority = std::string{url.substr(0, end)};
    to.target = end == std::string_view::npos ? "/" : std::string{url.substr(end)};
    if (to.target.front() == '?') {
        to.target.insert(0, "/");
    }
    to.port = to.tls ? 443 : 80;
    std::string_view host = to.authority;
    auto const colon = host.rfind(':');
    if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
        auto const text = host.substr(colon + 1);
        auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), to.port);
        if (error != std::errc{} || stop != text.data() + text.size()) {
            return "the URL's port is none";
        }
        host = host.substr(0, colon);
    }
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    to.host = std::string{host};
    bool const sound = !host.empty() && std::all_of(to.target.begin(), to.target.end(), [](char c) {
        return c > ' ' && c < 0x7f;
    });
    return sound && is_header_text(to.authority) ? "" : "the URL is none once secrets are put in";
}

void add_params(const metric_params& metric, const question& about, request& to) {
    auto const values = values_of(about);
    for (auto const& each : metric.params) {
        to.target += to.target.find('?') == std::string::npos ? '?' : '&';
        to.target +=
            percent_encoded(each.name) + '=' + percent_encoded(substitute(each.value, values));
    }
}

bool has_header(const request& of, std::string_view name) {
    return std::any_of(of.headers.begin(), of.headers.end(), [name](const auto& each) {
        return ascii::iequals(each.name, name);
    });
}

/// Adds what the kind of authentication asks for; returns what is missing, or nothing.
std::string add_authorization(
    const metric_params& metric, const placeholder_value& secret, request& to
) {
    if (metric.auth == auth_kind::basic) {
        auto const user = secret("username");
        auto const password = secret("password");
        if (!user || !password) {
            return "the secrets 'username' and 'password' are not there";
        }
        to.headers.push_back({"Authorization", "Basic " + base64(*user + ":" + *password)});
    } else if (metric.auth == auth_kind::bearer && !has_header(to, "Authorization")) {
        auto const token = secret("token");
        if (!token) {
            return "the secret 'token' is not there";
        }
        to.headers.push_back({"Authorization", "Bearer " + *token});
    }
    return {};
}

}  // namespace

prepared prepare(
    const metric_params& metric, const question& about, const placeholder_value& secret
) {
    // Without secrets, dollar signs of the URL and of headers are what they are.
    bool const has_secrets = !metric.secrets.empty() || !metric.secret_dir.empty();
    bool const fills_headers = has_secrets && metric.auth != auth_kind::basic;
    request made;
    if (auto problem = read_url(has_secrets ? substitute(metric.url, secret) : metric.url, made);
        !problem.empty()) {
        return wrong(std::move(problem));
    }
    add_params(metric, about, made);
    for (auto const& each : metric.headers) {
        made.headers.push_back(
            {each.name, fills_headers ? substitute(each.value, secret) : each.value}
        );
    }
    if (auto missing = add_authorization(metric, secret, made); !missing.empty()) {
        return wrong(std::move(missing));
    }
    for (auto const& each : made.headers) {
        if (!is_header_text(each.value)) {
            return wrong(fmt::format("the header '{}' holds control characters", each.name));
        }
    }
    made.post = metric.method == method::post;
    made.body = made.post ? substitute(metric.body, values_of(about)) : std::string{};
    made.ca_file = metric.ca_file;
    return {std::move(made), {}};
}

}  // namespace millrace::providers
