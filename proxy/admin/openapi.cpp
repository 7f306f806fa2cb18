#include "proxy/admin/openapi.hpp"

#include "proxy/admin/openapi_rollouts.hpp"

#include <string>

namespace millrace::admin {

namespace {

constexpr std::string_view paths = R"json({
  "openapi": "3.0.3", "info": {"title": "Millrace admin API", "version": "1"},
  "paths": {
    "/healthz": {
      "get": {
        "summary": "Is the process worth keeping?",
        "responses": {
          "200": {
            "description": "It is.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/status"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"},
          "503": {"$ref": "#/components/responses/error"}
        }
      }
    },
    "/readyz": {
      "get": {
        "summary": "May it get traffic?",
        "responses": {
          "200": {
            "description": "It may.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/status"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"},
          "503": {"$ref": "#/components/responses/error"}
        }
      }
    },
    "/metrics": {
      "get": {
        "summary": "Metrics for Prometheus.",
        "responses": {
          "200": {
            "description": "The text format 0.0.4.",
            "content": {"text/plain": {"schema": {"type": "string"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"}
        }
      }
    },
    "/openapi.json": {
      "get": {
        "summary": "This description.",
        "responses": {
          "200": {
            "description": "OpenAPI 3.0.",
            "content": {"application/json": {"schema": {"type": "object"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"}
        }
      }
    },
    "/api/v1/routes": {
      "get": {
        "summary": "Every route with its weights and traffic.",
        "responses": {
          "200": {
            "description": "In the order of the file.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/routes"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"}
        }
      }
    },
    "/api/v1/routes/{name}": {
      "get": {
        "summary": "One route with its partition.",
        "responses": {
          "200": {
            "description": "The route.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/route"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "404": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"}
        },
        "parameters": [
          {"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}
        ]
      }
    },
    "/api/v1/routes/{name}/weights": {
      "put": {
        "summary": "Change some weights; answered when every worker uses them.",
        "responses": {
          "200": {
            "description": "The route as it is now.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/route"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "401": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "404": {"$ref": "#/components/responses/error"},
          "409": {"$ref": "#/components/responses/error"},
          "413": {"$ref": "#/components/responses/error"},
          "415": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"},
          "504": {"$ref": "#/components/responses/error"}
        },
        "security": [{"token": []}],
        "parameters": [
          {"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}
        ],
        "requestBody": {
          "required": true,
          "content": {"application/json": {"schema": {"$ref": "#/components/schemas/weights"}}}
        }
      }
    },
    "/api/v1/backends": {
      "get": {
        "summary": "Every backend with its endpoints.",
        "responses": {
          "200": {
            "description": "In the order of the file.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/backends"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"}
        }
      }
    },
    "/api/v1/build": {
      "get": {
        "summary": "What runs.",
        "responses": {
          "200": {
            "description": "The build.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/build"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"}
        }
      }
    },
    "/api/v1/config": {
      "get": {
        "summary": "The effective configuration, secrets masked.",
        "responses": {
          "200": {
            "description": "YAML.",
            "content": {"application/yaml": {"schema": {"type": "string"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "401": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"}
        },
        "security": [{"token": []}]
      }
    },
    "/config_dump": {
      "get": {
        "summary": "The same as /api/v1/config.",
        "responses": {
          "200": {
            "description": "YAML.",
            "content": {"application/yaml": {"schema": {"type": "string"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "401": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"}
        },
        "security": [{"token": []}]
      }
    },
    "/api/v1/reload": {
      "post": {
        "summary": "Read the file again; answered when every worker uses it.",
        "responses": {
          "200": {
            "description": "It is in force.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/status"}}}
          },
          "400": {"$ref": "#/components/responses/error"},
          "401": {"$ref": "#/components/responses/error"},
          "403": {"$ref": "#/components/responses/error"},
          "413": {"$ref": "#/components/responses/error"},
          "415": {"$ref": "#/components/responses/error"},
          "421": {"$ref": "#/components/responses/error"},
          "422": {"$ref": "#/components/responses/error"},
          "504": {"$ref": "#/components/responses/error"}
        },
        "security": [{"token": []}]
      }
    },
)json";

constexpr std::string_view components = R"json(
  },
  "components": {
    "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
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
        "type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}
      },
      "weights": {
        "type": "object", "required": ["weights"],
        "properties": {
          "weights": {
            "type": "object", "minProperties": 1,
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 1000000}
          }
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
    static const std::string whole = std::string{paths} + openapi_rollout_paths() +
                                     std::string{components} + openapi_rollout_schemas() +
                                     std::string{schemas};
    return whole;
}

}  // namespace millrace::admin
