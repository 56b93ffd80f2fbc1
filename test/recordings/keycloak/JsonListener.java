// Prints Keycloak's events as JSON, serialised as extensions for Kafka and webhooks do: Jackson over Keycloak's own classes.

package eastwest.recording;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.keycloak.Config;
import org.keycloak.events.Event;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.events.admin.AdminEvent;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

public final class JsonListener implements EventListenerProviderFactory, EventListenerProvider {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static void print(Object event) {
    try {
      System.out.println("EVENT " + MAPPER.writeValueAsString(event));
    } catch (JsonProcessingException cause) {
      throw new IllegalStateException(cause);
    }
  }

  @Override
  public void onEvent(Event event) {
    print(event);
  }

  @Override
  public void onEvent(AdminEvent event, boolean includeRepresentation) {
    print(event);
  }

  @Override
  public EventListenerProvider create(KeycloakSession session) {
    return this;
  }

  @Override
  public String getId() {
    return "recording-json";
  }

  @Override
  public void init(Config.Scope config) {}

  @Override
  public void postInit(KeycloakSessionFactory factory) {}

  @Override
  public void close() {}
}
