import type { Message, Messages } from '../messages.ts';
import type { Redis } from './redis.ts';

/** Over the channels of a Redis: one for each replica, and one for all of them. */
export async function redisMessages(redis: Redis, replica: string): Promise<Messages> {
  const channelOf = (name: string) => `${redis.prefix}:messages:${name}`;
  const everybody = `${redis.prefix}:everybody`;
  const listeners: ((message: Message) => void)[] = [];
  await redis.subscribe([channelOf(replica), everybody], text => {
    const { from, ...message } = JSON.parse(text) as Message & { from: string };
    if (from !== replica) for (const listener of listeners) listener(message);
  });
  const publish = (channel: string, message: Message) =>
    redis.publish(channel, JSON.stringify({ ...message, from: replica })).catch(() => 0);
  return {
    replica,
    tell: async (name, message) => (await publish(channelOf(name), message)) > 0,
    async tellAll(message) {
      await publish(everybody, message);
    },
    hear: listener => void listeners.push(listener),
  };
}
