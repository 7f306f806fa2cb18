#include "proxy/routing/matcher.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/routing/query.hpp"

#include <algorithm>

namespace millrace::routing {

std::string_view bare_host(std::string_view authority) noexcept {
    auto const bracket = authority.starts_with('[') ? authority.find(']') : 0;
    return authority.substr(
        0, authority.find(':', bracket == std::string_view::npos ? 0 : bracket)
    );
}

std::optional<matcher> matcher::compile(
    const match_params& params, std::vector<std::string>& errors
) {
    auto const errors_before = errors.size();
    matcher made;
    made.path_kind_ = params.path;
    made.path_ = params.path_value;
    if (params.path == match_params::path_kind::regex) {
        std::string why;
        made.path_expression_ = regex::compile(params.path_value, why);
        if (!made.path_expression_) {
            errors.push_back("path expression '" + params.path_value + "': " + why);
        }
    }
    made.host_ = ascii::lowered(params.host);
    made.any_subdomain_ = made.host_.starts_with("*.");
    if (made.any_subdomain_) {
        made.host_.erase(0, 1);
    }
    made.methods_ = params.methods;
    made.headers_ = compile_values(params.headers, "header", errors);
    made.query_ = compile_values(params.query, "query parameter", errors);
    if (errors.size() != errors_before) {
        return std::nullopt;
    }
    return made;
}

std::vector<matcher::value_condition> matcher::compile_values(
    const std::vector<value_match>& matches, const char* what, std::vector<std::string>& errors
) {
    std::vector<value_condition> conditions;
    for (auto const& each : matches) {
        value_condition condition{each, std::nullopt};
        if (each.kind == value_match::kind::regex) {
            std::string why;
            condition.expression = regex::compile(each.value, why);
            if (!condition.expression) {
                errors.push_back(
                    std::string{what} + " '" + each.name + "' expression '" + each.value +
                    "': " + why
                );
            }
        }
        conditions.push_back(std::move(condition));
    }
    return conditions;
}

bool matcher::matches(const request_view& request) const {
    return path_matches(request.path) && (host_.empty() || host_matches(bare_host(request.host))) &&
           rest_matches(request);
}

bool matcher::host_matches(std::string_view host) const noexcept {
    if (host_.empty()) {
        return true;
    }
    if (!any_subdomain_) {
        return ascii::iequals(host, host_);
    }
    return host.size() > host_.size() &&
           ascii::iequals(host.substr(host.size() - host_.size()), host_);
}

bool matcher::path_matches(std::string_view path) const {
    switch (path_kind_) {
        case match_params::path_kind::any:
            return true;
        case match_params::path_kind::exact:
            return path == path_;
        case match_params::path_kind::prefix:
            return path.starts_with(path_) &&
                   (path_.ends_with('/') || path.size() == path_.size() || path[path_.size()] == '/'
                   );
        case match_params::path_kind::regex:
            return path_expression_->matches(path);
    }
    return false;
}

bool matcher::rest_matches(const request_view& request) const {
    if (!methods_.empty() &&
        std::find(methods_.begin(), methods_.end(), request.method) == methods_.end()) {
        return false;
    }
    for (auto const& condition : headers_) {
        if (!field_matches(condition, request)) {
            return false;
        }
    }
    for (auto const& condition : query_) {
        if (!parameter_matches(condition, request.query)) {
            return false;
        }
    }
    return true;
}

bool matcher::field_matches(const value_condition& condition, const request_view& request) {
    auto const& wanted = condition.match;
    auto const value_fits = [&](std::string_view value) {
        switch (wanted.kind) {
            case value_match::kind::present:
                return true;
            case value_match::kind::exact:
                return value == wanted.value;
            case value_match::kind::prefix:
                return value.starts_with(wanted.value);
            case value_match::kind::regex:
                return condition.expression->matches(value);
        }
        return false;
    };
    return std::any_of(request.fields.begin(), request.fields.end(), [&](const field& each) {
        return ascii::iequals(each.name, wanted.name) && value_fits(each.value);
    });
}

bool matcher::parameter_matches(const value_condition& condition, std::string_view query) {
    auto const& wanted = condition.match;
    auto const value_fits = [&](std::string_view value) {
        switch (wanted.kind) {
            case value_match::kind::present:
                return true;
            case value_match::kind::exact:
                return query::equals(value, wanted.value);
            case value_match::kind::prefix:
                return query::starts_with(value, wanted.value);
            case value_match::kind::regex:
                return condition.expression->matches(query::decoded(value));
        }
        return false;
    };
    while (auto const parameter = query::next(query)) {
        if (query::equals(parameter->name, wanted.name) && value_fits(parameter->value)) {
            return true;
        }
    }
    return false;
}

}  // namespace millrace::routing
