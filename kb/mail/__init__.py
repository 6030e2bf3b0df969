"""How an edition leaves the house: as mail, to Slack, to Microsoft Teams, to a webhook.

Each channel has one module that writes its message and one that hands it over. Nothing here knows the store; the
failures are those of `kb.errors.DeliveryError`.
"""
