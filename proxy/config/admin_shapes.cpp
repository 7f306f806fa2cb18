#include "proxy/config/address.hpp"
#include "proxy/config/choice_shape.hpp"
#include "proxy/config/container_shapes.hpp"
#include "proxy/config/object_shape.hpp"
#include "proxy/config/secret.hpp"
#include "proxy/config/shapes.hpp"
#include "proxy/config/wording.hpp"

#include <fmt/format.h>

#include <bitset>
#include <set>

namespace millrace::config {

namespace {

/// sun_path holds 108 bytes with its terminator.
constexpr std::size_t unix_path_bytes_max = 107;

class admin_bind_shape final : public shape<admin::params> {
 public:
    void read(reader& in, const node& from, admin::params& to) const override {
        if (from.kind == node::kind::text && from.text.starts_with("unix:/") &&
            from.text.size() <= unix_path_bytes_max + 5) {
            to.unix_path = from.text.substr(5);
            to.address.clear();
            return;
        }
        auto const parsed =
            from.kind == node::kind::text ? parse_host_port(from.text) : std::nullopt;
        if (!parsed || !(is_ipv4(parsed->host) || is_ipv6(parsed->host))) {
            in.fail(
                from,
                "expected an address and a port such as 127.0.0.1:9901, or unix:/path, got " +
                    shown(from),
                parsed && is_loopback(parsed->host) ? address_text({"127.0.0.1", parsed->port}) : ""
            );
            return;
        }
        to.address = parsed->host;
        to.port = parsed->port;
    }

    [[nodiscard]] json::value write(const admin::params& from) const override {
        return json::string(
            from.unix_path.empty() ? address_text({from.address, from.port})
                                   : "unix:" + from.unix_path
        );
    }

    [[nodiscard]] json::object schema() const override {
        return {
            {"type", "string"},
            {"pattern",
             "^([0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$|^unix:/.*$"}};
    }

    [[nodiscard]] shape_info info() const override { return {"ADDRESS:PORT | unix:PATH", ""}; }
};

shape_ptr<admin::token_params> token_shape() {
    using admin::token_params;
    text_rules path;
    path.type = "path";
    path.expected = "the path of a file";
    return object<token_params>()
        .required("name", &token_params::name, text(name_rules("a name")), "In the audit record.")
        .field(
            "role",
            &token_params::role,
            choice<admin::role>({{"read", admin::role::read}, {"operate", admin::role::operate}}),
            "read: what needs a token and changes nothing; operate: everything."
        )
        .field(
            "token_file",
            &token_params::token_file,
            text(path),
            "The file with the token, for its owner alone (0600); read again when it changes."
        )
        .field(
            "token_env",
            &token_params::secret,
            secret_text_from_environment(),
            "The environment variable with the token, at least 16 characters."
        )
        .exactly_one_of({"token_file", "token_env"})
        .build();
}

void check_token_names(reader& in, const node& from, const admin::params& read) {
    std::set<std::string> seen{admin::own_token_name};
    for (std::size_t i = 0; i < read.tokens.size(); ++i) {
        auto const& name = read.tokens[i].name;
        if (!seen.insert(name).second) {
            auto const& list = *from.find("tokens");
            reader::scope const inside{in, "tokens"};
            reader::scope const deeper{in, i};
            in.fail(
                *list.items[i],
                fmt::format(
                    "expected each name once, and not '{}', which is that of token_file, got {}",
                    admin::own_token_name,
                    in_quotes(name)
                )
            );
        }
    }
}

shape_ptr<admin::params> mapping() {
    shape_ptr<admin::params> const bind = std::make_shared<admin_bind_shape>();
    text_rules path;
    path.type = "path";
    path.expected = "the path of a file";
    return object<admin::params>()
        .field("bind", whole, bind, "Where the admin API listens; port 0: any free one.")
        .field(
            "token_file",
            &admin::params::token_file,
            text(path),
            "Holds the token that changes need; made (0600) when it does not exist. None: "
            "millrace/admin-PORT.token in $XDG_RUNTIME_DIR, or in /tmp/millrace-UID."
        )
        .field(
            "tokens",
            &admin::params::tokens,
            list(token_shape(), {0, 64}),
            "Other tokens, each with a name and a role; that of token_file may everything."
        )
        .field(
            "insecure",
            &admin::params::insecure,
            boolean(),
            "Allow an address beyond loopback without TLS."
        )
        .later("tls", "Certificates of the admin listener.")
        .check(check_token_names)
        .check([](reader& in, const node& from, const admin::params& read) {
            if (read.unix_path.empty() && !is_loopback(read.address) && !read.insecure) {
                auto const* bind_value = from.find("bind");
                reader::scope const inside{in, "bind"};
                in.fail(
                    bind_value == nullptr ? from : *bind_value,
                    "expected a loopback address, a Unix socket or insecure: true beside it, got " +
                        in_quotes(read.address)
                );
            }
        })
        .build();
}

/// `off` is text in YAML 1.2 and false in YAML 1.1: both switch it off.
class switchable_shape final : public shape<admin::params> {
 public:
    void read(reader& in, const node& from, admin::params& to) const override {
        bool const off = (from.kind == node::kind::text && from.text == "off") ||
                         (from.kind == node::kind::boolean && plain_false(from.text));
        to.enabled = !off;
        if (off) {
            return;
        }
        if (from.kind != node::kind::mapping) {
            in.fail(
                from, "expected off or a mapping such as {bind: 127.0.0.1:9901}, got " + shown(from)
            );
            return;
        }
        mapping_->read(in, from, to);
    }

    [[nodiscard]] json::value write(const admin::params& from) const override {
        return from.enabled ? mapping_->write(from) : json::value(false);
    }

    [[nodiscard]] json::object schema() const override {
        return {{"anyOf", json::array{json::object{{"enum", {false, "off"}}}, mapping_->schema()}}};
    }

    [[nodiscard]] shape_info info() const override { return {"mapping | off", ""}; }

    void list_keys(const std::string& prefix, std::vector<key_info>& keys) const override {
        mapping_->list_keys(prefix, keys);
    }

 private:
    static bool plain_false(const std::string& text) {
        return text.front() == 'f' || text.front() == 'F';
    }

    shape_ptr<admin::params> mapping_ = mapping();
};

shape_ptr<server::id_params::key> key_shape() {
    using key = server::id_params::key;
    return object<key>()
        .required(
            "id",
            &key::id,
            integer<std::uint8_t>({0, 255}),
            "Stands in every id that the key signed."
        )
        .field(
            "secret_env",
            &key::secret,
            secret_from_environment(),
            "The environment variable that holds the secret, at least 16 bytes."
        )
        .field(
            "secret_file",
            &key::secret,
            secret_from_file(),
            "The file that holds the secret, at least 16 bytes."
        )
        .exactly_one_of({"secret_env", "secret_file"})
        .build();
}

void check_key_ids(reader& in, const node& from, const server::id_params& read) {
    std::bitset<256> seen;
    for (std::size_t i = 0; i < read.keys.size(); ++i) {
        if (seen[read.keys[i].id]) {
            auto const* keys = from.find("keys");
            reader::scope const list{in, "keys"};
            reader::scope const inside{in, i};
            in.fail(
                *keys->items[i],
                fmt::format("expected each id once, got {} again", unsigned{read.keys[i].id})
            );
        }
        seen.set(read.keys[i].id);
    }
}

}  // namespace

shape_ptr<admin::params> admin_shape() {
    return std::make_shared<switchable_shape>();
}

shape_ptr<server::id_params> ids_shape() {
    using server::id_params;
    return object<id_params>()
        .field(
            "request_id",
            &id_params::request_id,
            boolean(),
            "Send x-request-id on the request and on the answer."
        )
        .field(
            "millrace_id",
            &id_params::millrace_id,
            boolean(),
            "Send x-millrace-id, signed, on the answer."
        )
        .field(
            "version",
            &id_params::version,
            boolean(),
            "Send x-millrace-version, the assigned backend's name, on the answer."
        )
        .field(
            "trace_context",
            &id_params::trace_context,
            boolean(),
            "Start a traceparent when the request has none."
        )
        .field(
            "keys",
            &id_params::keys,
            masked(list(key_shape(), {0, 16})),
            "The first signs, all verify. None: a random key for this process."
        )
        .check(check_key_ids)
        .build();
}

}  // namespace millrace::config
