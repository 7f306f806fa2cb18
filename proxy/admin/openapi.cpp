#include "proxy/admin/openapi.hpp"

#include "proxy/admin/openapi_feedback.hpp"
#include "proxy/admin/openapi_operations.hpp"
#include "proxy/admin/openapi_path.hpp"
#include "proxy/admin/openapi_rollouts.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace millrace::admin {

namespace {

constexpr std::string_view head = R"json({
  "openapi": "3.0.3", "info": {"title": "Millrace admin API", "version": "1"},
  "paths": {
)json";

// What every change may answer.
const std::vector<unsigned> change_errors{401, 413, 415, 504};

std::vector<unsigned> with(std::vector<unsigned> errors, std::initializer_list<unsigned> more) {
    errors.insert(errors.end(), more);
    return errors;
}

std::string paths() {
    constexpr std::string_view config = "The effective configuration, secrets masked.";
    constexpr std::string_view yaml = "application/yaml";
    return openapi_paths({
        {"/healthz", "get", "Is the process worth keeping?", "It is.", "status", {503}},
        {"/readyz", "get", "May it get traffic?", "It may.", "status", {503}},
        {.path = "/metrics",
         .method = "get",
         .summary = "Metrics for Prometheus.",
         .meaning = "The text format 0.0.4.",
         .schema = {},
         .content_type = "text/plain"},
        {"/openapi.json", "get", "This description.", "OpenAPI 3.0.", ""},
        {"/api/v1/routes",
         "get",
         "Every route with its weights and traffic.",
         "In the order of the file.",
         "routes"},
        {"/api/v1/routes/{name}",
         "get",
         "One route with its partition.",
         "The route.",
         "route",
         {404}},
        {"/api/v1/routes/{name}/weights",
         "put",
         "Change some weights; answered when every worker uses them.",
         "The route as it is now.",
         "route",
         with(change_errors, {404, 409}),
         "weights"},
        {"/api/v1/backends",
         "get",
         "Every backend with its endpoints.",
         "In the order of the file.",
         "backends"},
        {"/api/v1/build", "get", "What runs.", "The build.", "build"},
        {.path = "/api/v1/config",
         .method = "get",
         .summary = config,
         .meaning = "YAML.",
         .schema = {},
         .errors = {401},
         .content_type = yaml},
        {.path = "/config_dump",
         .method = "get",
         .summary = "The same as /api/v1/config.",
         .meaning = "YAML.",
         .schema = {},
         .errors = {401},
         .content_type = yaml},
        {"/api/v1/reload",
         "post",
         "Read the file again; answered when every worker uses it.",
         "It is in force.",
         "status",
         with(change_errors, {422}),
         "request",
         false},
    });
}

constexpr std::string_view components = R"json(
  },
  "components": {
    "securitySchemes": {
      "token": {"type": "http", "scheme": "bearer"},
      "feedback_token": {"type": "http", "scheme": "bearer"}
    },
    "responses": {
      "error": {
        "description": "Refused or failed.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}}
      }
    },
    "schemas": {
)json";

constexpr std::string_view schemas = R"json(,
      "error": {
        "type": "object", "required": ["error", "reason"],
        "properties": {
          "error": {"type": "string"}, "reason": {"type": "string"},
          "errors": {"type": "array", "items": {"type": "string"}}
        }
      },
      "status": {
        "type": "object", "required": ["status"],
        "properties": {
          "status": {"type": "string"},
          "detail": {"type": "string", "description": "What does not go on though, if anything."}
        }
      },
      "weights": {
        "type": "object", "required": ["weights"],
        "properties": {
          "weights": {
            "type": "object", "minProperties": 1,
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 1000000}
          },
          "why": {"type": "string"}, "who": {"type": "string"}
        }
      },
      "route": {
        "type": "object", "required": ["name", "epoch", "backend_refs"],
        "properties": {
          "name": {"type": "string"}, "epoch": {"type": "integer"},
          "weights_from": {"type": "string", "enum": ["file", "api"]},
          "backend_refs": {"type": "array", "items": {"$ref": "#/components/schemas/backend_ref"}},
          "partition": {"type": "array", "items": {"$ref": "#/components/schemas/piece"}}
        }
      },
      "backend_ref": {
        "type": "object", "required": ["backend", "weight", "share"],
        "properties": {
          "backend": {"type": "string"}, "weight": {"type": "integer"},
          "share": {"type": "number"}, "requests": {"type": "integer"},
          "in_flight": {"type": "integer"}, "error_rate": {"type": "number"},
          "p50_ms": {"type": "number", "nullable": true},
          "p99_ms": {"type": "number", "nullable": true}
        }
      },
      "piece": {
        "type": "object", "required": ["backend", "begin", "end"],
        "properties": {
          "backend": {"type": "string"},
          "begin": {"type": "integer", "description": "in units of 1/65536"},
          "end": {"type": "integer"}
        }
      },
      "routes": {
        "type": "object", "required": ["routes"],
        "properties": {
          "routes": {"type": "array", "items": {"$ref": "#/components/schemas/route"}}
        }
      },
      "backends": {
        "type": "object", "required": ["backends"],
        "properties": {
          "backends": {
            "type": "array",
            "items": {
              "type": "object", "required": ["name", "endpoints"],
              "properties": {
                "name": {"type": "string"}, "connections": {"type": "integer"},
                "connections_max": {"type": "integer"},
                "endpoints": {
                  "type": "array",
                  "items": {
                    "type": "object", "required": ["authority"],
                    "properties": {
                      "authority": {"type": "string"},
                      "addresses": {"type": "array", "items": {"type": "string"}}
                    }
                  }
                }
              }
            }
          }
        }
      },
      "build": {
        "type": "object", "required": ["version"],
        "properties": {
          "version": {"type": "string"}, "revision": {"type": "string"},
          "build_type": {"type": "string"}, "compiler": {"type": "string"}
        }
      }
    }
  }
}
)json";

}  // namespace

std::string_view openapi_document() {
    static const std::string whole = fmt::format(
                                         "{}{},\n{},\n{},\n{}",
                                         head,
                                         paths(),
                                         openapi_feedback_paths(),
                                         openapi_rollout_paths(),
                                         openapi_operation_paths()
                                     ) +
                                     fmt::format(
                                         "{}{},\n{},\n{}{}",
                                         components,
                                         openapi_rollout_schemas(),
                                         openapi_feedback_schemas(),
                                         openapi_operation_schemas(),
                                         schemas
                                     );
    return whole;
}

}  // namespace millrace::admin
