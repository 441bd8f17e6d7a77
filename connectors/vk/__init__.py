"""The channel of VK: private messages of a community."""

from connectors.vk.send import LONGEST, VkSender

__all__ = ["LONGEST", "VkSender"]
